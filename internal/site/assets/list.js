// The lists of the page: search, filter, and the changes by operation.
(function () {
  'use strict';
  function text(e) {
    if (!e.words) { e.words = e.textContent.toLowerCase(); }
    return e.words;
  }

  function each(root, selector, f) { Array.prototype.forEach.call(root.querySelectorAll(selector), f); }

  function group(title) {
    var li = document.createElement('li'), head = document.createElement('p'), list = document.createElement('ol');
    li.className = 'cause';
    li.dataset.group = '';
    head.className = 'what';
    head.appendChild(document.createElement('code')).textContent = title;
    list.className = 'changes';
    li.appendChild(head);
    li.appendChild(list);
    return li;
  }

  // A change that reaches several operations is listed with each of them; after the first without its details.
  function byOperation(view) {
    var groups = {}, names = [], by = document.createElement('div'), list = document.createElement('ol');
    each(view, '.change', function (change) {
      var o = change.querySelector('.o');
      var ops = change.dataset.o ? change.dataset.o.split('\n') : o ? o.textContent.split(', ') : ['The whole contract'];
      ops.forEach(function (op, i) {
        var one = change.cloneNode(i === 0);
        if (i > 0) { one.appendChild(change.querySelector('.what').cloneNode(true)); }
        if (!groups['o' + op]) { groups['o' + op] = group(op); names.push(op); }
        groups['o' + op].lastChild.appendChild(one);
      });
    });
    names.sort(function (a, b) { var x = a.replace(/^\S+ /, '') + ' ' + a, y = b.replace(/^\S+ /, '') + ' ' + b; return x < y ? -1 : x > y ? 1 : 0; });
    by.className = 'view';
    list.className = 'changes';
    names.forEach(function (n) { list.appendChild(groups['o' + n]); });
    by.appendChild(list);
    return by;
  }

  each(document, '.filters[data-list]', function (form) {
    var list = document.getElementById(form.dataset.list), nothing = list.closest('section').querySelector('[data-nothing]');
    var cause = list.querySelector('.view'), op = null, q = form.elements.q, kind = form.elements.kind, by = form.elements.by;

    function apply() {
      var words = q.value.toLowerCase().split(/\s+/).filter(Boolean), want = kind.value, shown = 0, all = 0, active = words.length > 0 || want !== '';
      var view = by && by.value === 'op' ? op : cause;
      each(view, '[data-k]', function (e) {
        var fits = (!want || e.dataset.k === want) && words.every(function (w) { return text(e).indexOf(w) >= 0; });
        e.hidden = !fits;
        all += 1;
        shown += fits ? 1 : 0;
      });
      each(view, '[data-group]', function (g) {
        g.hidden = !g.querySelector('[data-k]:not([hidden])');
        if (g.tagName === 'DETAILS' && active) { g.open = true; }
      });
      nothing.hidden = shown > 0;
      form.querySelector('[role=status]').textContent = (shown === all ? 'All ' + all : shown + ' of ' + all) + ' ' + form.dataset.noun + '.';
    }

    function regroup() {
      if (by.value === 'op' && !op) {
        op = byOperation(cause);
        list.appendChild(op);
      }
      cause.hidden = by.value === 'op';
      if (op) { op.hidden = !cause.hidden; }
      apply();
    }

    form.hidden = false;
    form.addEventListener('submit', function (e) { e.preventDefault(); });
    form.addEventListener('input', apply);
    if (by) { by.addEventListener('change', regroup); regroup(); } else { apply(); }
  });
}());
