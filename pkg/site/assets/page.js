(function () {
  'use strict';
  var root = document.documentElement;
  var every = Number(root.dataset.refresh) * 1000;
  var generated = Date.parse(root.dataset.generated);
  var served = location.protocol === 'http:' || location.protocol === 'https:';
  var $ = function (id) { return document.getElementById(id); };
  var live = $('live'), pause = $('pause'), age = $('age'), stale = $('stale');

  function remember(key, value) {
    try {
      if (value === undefined) { return localStorage.getItem(key); }
      localStorage.setItem(key, value);
    } catch (e) { /* private windows have no memory */ }
    return null;
  }

  function since(ms) {
    var m = Math.max(0, Math.round(ms / 60000));
    if (m < 1) { return 'just now'; }
    if (m < 90) { return m + (m === 1 ? ' minute ago' : ' minutes ago'); }
    if (m < 2880) { return Math.round(m / 60) + ' hours ago'; }
    return Math.round(m / 1440) + ' days ago';
  }

  function grow() {
    if (!generated) { return; }
    var old = Date.now() - generated;
    age.textContent = 'That was ' + since(old) + '.';
    if (stale) { stale.hidden = old <= Number(root.dataset.stale); }
  }

  var turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  var figures = {
    stability: function (s) { return s.placeholder ? 'not measured' : Math.round(s.stability_ratio * 1000) / 10 + '\u00a0%'; },
    breaking: function (s) { return String(s.breaking_changes_count); },
    semver: function (s) { return s.semver_policy_status; },
    operations: function (s) { return '+' + s.operations_added + ' \u2212' + s.operations_removed; }
  };

  function paint(s) {
    document.querySelectorAll('[data-live]').forEach(function (el) {
      var f = figures[el.dataset.live];
      if (f) { el.textContent = f(s); }
    });
    if ($('verdict') && s.headline) { $('verdict').textContent = s.headline.replace(turning, '\ufffd'); }
  }

  function answer(r) {
    if (!r.ok) { throw new Error(String(r.status)); }
    return r;
  }

  function look() {
    if (pause.getAttribute('aria-pressed') === 'true') { return; }
    if (!served) { location.reload(); return; }
    fetch('governance-summary.json', { cache: 'no-store' })
      .then(function (r) { return answer(r).json(); })
      .then(function (s) {
        if (!(Date.parse(s.generated_at) > generated)) { live.textContent = 'Looked for news ' + new Date().toLocaleTimeString() + '.'; return null; }
        paint(s);
        live.textContent = 'Newer figures have arrived; the page follows.';
        return renew();
      })
      .catch(function () { live.textContent = 'The last look for news failed; the next follows in five minutes.'; });
  }

  // A reload asks the server whether the page changed, and a server that counts whole seconds may answer no. So the page is fetched past
  // every cache first, which is also what the reload then shows. Where something on the way still has the old page or half of the new
  // one, the next look tries again.
  function renew() {
    return fetch(location.pathname, { cache: 'reload' })
      .then(function (r) { return answer(r).text(); })
      .then(function (page) {
        var made = /data-generated="([^"]*)"/.exec(page);
        if (made && Date.parse(made[1]) > generated && /<\/html>\s*$/.test(page)) { location.reload(); }
      });
  }

  function press(on) {
    pause.setAttribute('aria-pressed', String(on));
    pause.textContent = on ? 'Resume refresh' : 'Pause refresh';
    live.textContent = on ? 'This page stays as it is.' : 'Looks for news every five minutes.';
  }

  pause.hidden = false;
  press(remember('govctl-paused') === 'yes');
  pause.addEventListener('click', function () {
    var on = pause.getAttribute('aria-pressed') !== 'true';
    remember('govctl-paused', on ? 'yes' : 'no');
    press(on);
  });
  grow();
  setInterval(grow, 60000);
  setInterval(look, every);
}());
