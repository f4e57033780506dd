(function () {
  'use strict';
  var root = document.documentElement;
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
    if (!news.generated) { return; }
    var old = Date.now() - news.generated;
    age.textContent = 'That was ' + since(old) + '.';
    if (stale) {
      stale.hidden = old <= Number(root.dataset.stale);
      document.querySelector('.verdict').classList.toggle('old', !stale.hidden);
    }
  }

  function paused() { return pause.getAttribute('aria-pressed') === 'true'; }

  function look() {
    if (paused()) { return; }
    if (!news.served) { location.reload(); return; }
    news.summary()
      .then(function (s) {
        if (paused()) { return null; } // meanwhile
        if (!news.fresh(s)) { live.textContent = 'Checked for new figures at ' + new Date().toLocaleTimeString() + '.'; return null; }
        news.paint(s);
        if ($('verdict') && s.headline) { $('verdict').textContent = news.headline(s); }
        live.textContent = 'New figures are available; reloading.';
        return news.page(function () { if (!paused()) { location.reload(); } });
      })
      .catch(function () { if (!paused()) { live.textContent = 'The last refresh failed; the next one is in 5 minutes.'; } });
  }

  function press(on) {
    pause.setAttribute('aria-pressed', String(on));
    pause.textContent = on ? 'Resume refresh' : 'Pause refresh';
    live.textContent = on ? 'Refresh is paused.' : 'Refreshes every 5 minutes.';
  }

  // A button beside each text that is meant to be copied.
  Array.prototype.forEach.call(document.querySelectorAll('pre.copy'), function (pre) {
    var button = document.createElement('button'), text = pre.textContent;
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', 'Copy: ' + (pre.getAttribute('aria-label') || 'text'));
    button.addEventListener('click', function () {
      getSelection().selectAllChildren(pre.firstChild);
      if (!navigator.clipboard) { return; }
      navigator.clipboard.writeText(text).then(function () { button.textContent = 'Copied'; }, function () { button.textContent = 'Selected'; });
    });
    pre.appendChild(button);
  });

  pause.hidden = false;
  press(remember('govctl-paused') === 'yes');
  pause.addEventListener('click', function () {
    var on = !paused();
    remember('govctl-paused', on ? 'yes' : 'no');
    press(on);
  });
  grow();
  setInterval(grow, 60000);
  setInterval(look, news.every);
}());
