(function () {
  'use strict';
  if (location.protocol !== 'http:' && location.protocol !== 'https:') { return; }
  var live = document.getElementById('live'), every = Number(document.documentElement.dataset.refresh) * 1000;
  var turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  var figures = {
    stability: function (s) { return s.placeholder ? 'not measured' : Math.round(s.stability_ratio * 1000) / 10 + '\u00a0%'; },
    breaking: function (s) { return String(s.breaking_changes_count); },
    semver: function (s) { return s.semver_policy_status; }
  };
  function look() {
    fetch('governance-summary.json', { cache: 'no-store' })
      .then(function (r) { if (!r.ok) { throw new Error(String(r.status)); } return r.json(); })
      .then(function (s) {
        document.querySelectorAll('[data-live]').forEach(function (el) { el.textContent = figures[el.dataset.live](s); });
        if (s.headline) { live.textContent = s.headline.replace(turning, '\ufffd'); }
      })
      .catch(function () { live.textContent = 'The latest figures could not be fetched.'; });
  }
  look();
  setInterval(look, every);
}());
