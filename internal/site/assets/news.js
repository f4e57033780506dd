// What is new beside this page: the figures of the latest run, and the page that belongs to them.
var news = (function () {
  'use strict';
  var root = document.documentElement;
  var turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  function unmeasured(s) {
    return s.placeholder && !(s.contracts || []).some(function (c) { return !c.placeholder; });
  }
  var figures = {
    stability: function (s) { return unmeasured(s) ? 'not measured' : Math.round(s.stability_ratio * 1000) / 10 + '\u00a0%'; },
    breaking: function (s) { return unmeasured(s) ? 'unknown' : String(s.breaking_changes_count); },
    semver: function (s) { return s.semver_policy_status; },
    operations: function (s) { return unmeasured(s) ? 'unknown' : '+' + s.operations_added + ' \u2212' + s.operations_removed; }
  };

  function answer(r) {
    if (!r.ok) { throw new Error(String(r.status)); }
    return r;
  }

  return {
    every: Number(root.dataset.refresh) * 1000,
    generated: Date.parse(root.dataset.generated),
    served: location.protocol === 'http:' || location.protocol === 'https:',

    // On the page of one of several contracts the figures are those of that contract.
    summary: function () {
      return fetch((root.dataset.root || '') + 'governance-summary.json', { cache: 'no-store' }).then(function (r) { return answer(r).json(); }).then(function (s) {
        var name = root.dataset.contract;
        if (!name) { return s; }
        var mine = (s.contracts || []).filter(function (c) { return c.name === name; })[0];
        return mine ? Object.assign({}, s, mine, { contracts: [], headline: '' }) : s;
      });
    },

    fresh: function (s) { return Date.parse(s.generated_at) > news.generated; },

    headline: function (s) { return (s.headline || '').replace(/; [^;]*% of the recent runs[^;]*$/, '.').replace(turning, '\ufffd'); },

    paint: function (s) {
      document.querySelectorAll('[data-live]').forEach(function (el) { el.textContent = figures[el.dataset.live](s); });
    },

    // A reload asks the server whether the page changed, and a server that counts whole seconds may answer no. So the page is fetched
    // past every cache first. Where something on the way still has the old page or half of the new one, the next look tries again.
    page: function (show) {
      return fetch(location.pathname, { cache: 'reload' })
        .then(function (r) { return answer(r).text(); })
        .then(function (page) {
          var made = /data-generated="([^"]*)"/.exec(page);
          if (made && Date.parse(made[1]) > news.generated && /<\/html>\s*$/.test(page)) { show(made[1]); }
        });
    }
  };
}());
