(function () {
  'use strict';
  var table = document.getElementById('alerts'), form = document.getElementById('filters');
  if (!table) { return; }
  var body = table.tBodies[0], count = document.getElementById('count'), nothing = document.getElementById('nothing');
  var columns = { severity: 1, scope: 2, category: 3 };
  var ranks = Array.prototype.map.call(document.getElementById('f-severity').options, function (o) { return o.value; });
  var rows = Array.prototype.map.call(body.rows, function (tr, i) {
    var cells = Array.prototype.map.call(tr.cells, function (c) { return c.textContent; });
    return { tr: tr, at: i, cells: cells, name: tr.cells[0].querySelector('a').textContent, rank: ranks.indexOf(cells[1]),
      old: tr.className === 'old', bare: cells[6] === 'none', text: cells.join(' ').toLowerCase() };
  });
  var inputs = { q: document.getElementById('q') };
  ['severity', 'scope', 'category', 'state'].forEach(function (k) { inputs[k] = document.getElementById('f-' + k); });
  var sorted = { by: 0, down: false };

  var states = {
    active: function (r) { return !r.old; },
    deprecated: function (r) { return r.old; },
    'no runbook': function (r) { return r.bare; }
  };

  function fits(r, words) {
    for (var k in columns) {
      if (inputs[k] && inputs[k].value && r.cells[columns[k]] !== inputs[k].value) { return false; }
    }
    var state = states[inputs.state.value];
    return (!state || state(r)) && words.every(function (w) { return r.text.indexOf(w) >= 0; });
  }

  function grouped(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f'); }

  function filter() {
    var words = inputs.q.value.toLowerCase().split(/\s+/).filter(Boolean), n = 0;
    rows.forEach(function (r) {
      var on = fits(r, words);
      if (r.tr.hidden === on) { r.tr.hidden = !on; }
      n += on ? 1 : 0;
    });
    count.textContent = (n === rows.length ? 'All ' : grouped(n) + ' of ') + grouped(rows.length) + ' alerts.';
    nothing.hidden = n > 0;
    keep();
  }

  function keep() {
    var q = new URLSearchParams();
    for (var k in inputs) { if (inputs[k] && inputs[k].value) { q.set(k, inputs[k].value); } }
    if (sorted.by || sorted.down) { q.set('sort', (sorted.down ? '-' : '') + sorted.by); }
    var search = q.toString();
    try { history.replaceState(null, '', (search ? '?' + search : location.pathname) + location.hash); } catch (e) { /* not from a file */ }
  }

  function seconds(s) {
    var units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800, y: 31536000 }, total = 0;
    s.replace(/(\d+)(ms|[smhdwy])/g, function (_, n, u) { total += n * units[u]; return ''; });
    return total;
  }

  function key(r) {
    switch (sorted.by) {
    case 0: return r.name.toLowerCase();
    case 1: return r.rank;
    case 4: return seconds(r.cells[4]);
    default: return r.cells[sorted.by].toLowerCase();
    }
  }

  function sort() {
    var way = sorted.down ? -1 : 1;
    rows.forEach(function (r) { r.key = key(r); });
    rows.sort(function (a, b) { return a.key < b.key ? -way : a.key > b.key ? way : a.at - b.at; });
    var all = document.createDocumentFragment();
    rows.forEach(function (r) { all.appendChild(r.tr); });
    body.appendChild(all);
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th, i) {
      if (i === sorted.by) { th.setAttribute('aria-sort', sorted.down ? 'descending' : 'ascending'); } else { th.removeAttribute('aria-sort'); }
    });
  }

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th, i) {
    var b = document.createElement('button');
    b.type = 'button';
    b.textContent = th.textContent;
    b.addEventListener('click', function () {
      sorted = { by: i, down: sorted.by === i && !sorted.down };
      sort();
      keep();
    });
    th.textContent = '';
    th.appendChild(b);
  });

  var asked = new URLSearchParams(location.search);
  for (var k in inputs) { if (inputs[k] && asked.get(k)) { inputs[k].value = asked.get(k); } }
  var by = asked.get('sort');
  if (by && /^-?[0-6]$/.test(by)) { sorted = { by: Math.abs(Number(by)), down: by.charAt(0) === '-' }; sort(); } else { table.tHead.rows[0].cells[0].setAttribute('aria-sort', 'ascending'); }
  form.hidden = false;
  form.addEventListener('submit', function (e) { e.preventDefault(); });
  form.addEventListener('reset', function () { setTimeout(filter, 0); });
  form.addEventListener('input', filter);
  filter();

  // Rows out of sight are laid out a few at a time, so that the page is there at once. Screen readers do not find them before.
  var waiting = rows.map(function (r) { return r.tr; });
  function layOut() {
    waiting.splice(0, 200).forEach(function (tr) { tr.classList.add('in'); });
    if (waiting.length) { setTimeout(layOut, 0); }
  }
  setTimeout(layOut, 100);
}());
