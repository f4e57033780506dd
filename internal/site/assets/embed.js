(function () {
  'use strict';
  if (!news.served) { return; }
  var live = document.getElementById('live');

  // The newer page has an address of its own: in a frame, the cache keeps documents apart from what scripts fetch.
  function show(made) { location.replace(location.pathname + '?made=' + encodeURIComponent(made)); }

  function look() {
    document.getElementById('stale').hidden = Date.now() - news.generated <= Number(document.documentElement.dataset.stale);
    news.summary()
      .then(function (s) {
        live.textContent = news.headline(s);
        if (!news.fresh(s)) { return null; }
        news.paint(s);
        return news.page(show);
      })
      .catch(function () { live.textContent = 'The latest figures could not be fetched.'; });
  }
  look();
  setInterval(look, news.every);
}());
