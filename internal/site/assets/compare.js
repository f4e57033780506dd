// Compares the records of two runs. Everything in them is shown as text.
(function () {
  'use strict';
  var $ = function (id) { return document.getElementById(id); };
  if (!$('choose')) { return; }
  var id = /^[0-9a-z]{1,12}-[0-9a-f]{16}$/, most = 262144, asked = 0;
  var harmful = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
  var a = $('a'), b = $('b'), say = $('say');

  function text(v) { return String(v === undefined || v === null ? '' : v).replace(harmful, '\ufffd').slice(0, 1000); }
  function list(v) { return Array.isArray(v) ? v : []; }
  function plural(n, one) { return n + ' ' + one + (n === 1 ? '' : 's'); }

  function add(to, name, content, kind) {
    var el = document.createElement(name);
    if (kind) { el.className = kind; }
    el.textContent = text(content);
    to.appendChild(el);
    return el;
  }

  function pick(select, wanted, otherwise) {
    var known = Array.prototype.map.call(select.options, function (o) { return o.value; });
    select.value = id.test(wanted || '') && known.indexOf(wanted) >= 0 ? wanted : known[otherwise];
  }

  function record(name) {
    return fetch(name + '.json', { cache: 'no-cache' }).then(function (r) {
      if (!r.ok) { throw new Error(String(r.status)); }
      return r.text();
    }).then(function (body) {
      var r = body.length > most ? {} : JSON.parse(body);
      if (!r || r.schema !== 'govctl/run-record/v1' || r.id !== name) { throw new Error('not a record'); }
      return r;
    });
  }

  // The changes of a record by identity, and the contracts that it did not measure.
  function read(r) {
    var all = new Map(), blind = new Set();
    list(r.contracts).forEach(function (c) {
      if (c.placeholder) { blind.add(c.name); }
      list(c.changes).forEach(function (x) {
        var key = c.name + '\n' + (x.fingerprint || x.rule + '\n' + x.message);
        if (!all.has(key)) { all.set(key, { contract: c.name, change: x }); }
      });
    });
    return { all: all, blind: blind, partial: r.changes_left_out > 0 || r.contracts_left_out > 0, several: list(r.contracts).length > 1 };
  }

  function kind(x) {
    var waived = x.waiver && !x.waiver.expired;
    if (waived) { return ['accepted', 'none', 'accepted']; }
    if (x.breaking) { return ['breaking', 'bad', 'breaking']; }
    if (x.level === 'warning') { return ['warning', 'warn', 'warning']; }
    return ['', 'plain', x.level === 'error' ? 'error' : x.kind || 'info'];
  }

  // What stands between backquotes is code. A backquote without a partner stays in the text.
  function prose(to, message) {
    var parts = text(message).split('`');
    if (parts.length % 2 === 0) { parts.push(parts.splice(-2).join('`')); }
    parts.forEach(function (part, i) { add(to, i % 2 ? 'code' : 'span', part); });
  }

  function item(entry, several) {
    var x = entry.change, k = kind(x), li = document.createElement('li'), what = add(li, 'p', '', 'what'), where = add(li, 'p', '', 'where');
    li.className = 'change ' + k[0];
    add(what, 'span', k[2], 'tag ' + k[1]);
    what.appendChild(document.createTextNode(' '));
    prose(add(what, 'bdi', ''), x.message);
    if (several) { add(where, 'bdi', entry.contract); where.appendChild(document.createTextNode(': ')); }
    add(where, 'code', x.rule);
    if (x.operation) { where.appendChild(document.createTextNode(' reaching ')); add(where, 'code', x.operation); }
    if (x.operations > 1) { add(where, 'span', ' and ' + (x.operations - 1) + ' more'); }
    if (x.waiver) {
      prose(add(add(li, 'p', '', 'where'), 'bdi', ''), 'Waiver of ' + text(x.waiver.owner) + ' until ' + text(x.waiver.until) + ': ' + text(x.waiver.reason));
    }
    return li;
  }

  function fill(name, entries, several) {
    var to = $(name);
    to.textContent = '';
    entries.forEach(function (e) { to.appendChild(item(e, several)); });
    $('n-' + name).textContent = String(entries.length);
    to.hidden = entries.length === 0;
  }

  function show(from, to) {
    var old = read(from), now = read(to), several = old.several || now.several, notes = [];
    function only(x, y) {
      return Array.from(x.all.keys()).filter(function (k) { return !y.all.has(k) && !y.blind.has(x.all.get(k).contract); }).map(function (k) { return x.all.get(k); });
    }
    var stayed = Array.from(now.all.keys()).filter(function (k) { return old.all.has(k); }).map(function (k) { return now.all.get(k); });
    fill('appeared', only(now, old), several);
    fill('gone', only(old, now), several);
    fill('stayed', stayed, several);
    if (old.partial || now.partial) { notes.push('One of the two records does not list all of its changes, so that this comparison is incomplete.'); }
    new Set(Array.from(old.blind).concat(Array.from(now.blind))).forEach(function (c) { notes.push(text(c) + ' was not measured in one of the two runs.'); });
    $('facts').textContent = plural(Number(from.breaking_changes_count) || 0, 'breaking change') + ' in the earlier run, ' + (Number(to.breaking_changes_count) || 0) + ' in the later one. ' + notes.join(' ');
    $('result').hidden = false;
    say.textContent = '';
  }

  function compare() {
    var turn = ++asked;
    try { history.replaceState(null, '', '?a=' + a.value + '&b=' + b.value); } catch (e) { /* not from a file */ }
    say.textContent = 'Fetching the records.';
    Promise.all([record(a.value), record(b.value)])
      .then(function (both) { if (turn === asked) { show(both[0], both[1]); } })
      .catch(function () {
        if (turn !== asked) { return; }
        $('result').hidden = true;
        say.textContent = 'A record could not be fetched or read.';
      });
  }

  if (location.protocol !== 'http:' && location.protocol !== 'https:') { return; }
  var query = new URLSearchParams(location.search);
  pick(a, query.get('a'), 1);
  pick(b, query.get('b'), 0);
  a.addEventListener('change', compare);
  b.addEventListener('change', compare);
  $('choose').hidden = false;
  $('plain').hidden = true;
  compare();
}());
