package contract

import "slices"

// AppendJSON appends n as canonical JSON in one line: keys sorted by their bytes, numbers and strings in one spelling.
func (n Node) AppendJSON(dst []byte) []byte {
	if n.t == nil {
		return append(dst, "null"...)
	}
	return n.t.appendValue(dst, n.i, -1)
}

// Canonical is the description as canonical JSON: sorted keys, two spaces of indent, a final newline. It depends on the
// content alone, so that exporting the export gives the same bytes.
func (d *Document) Canonical() []byte {
	dst := make([]byte, 0, len(d.root.src)+len(d.root.src)/8)
	return append(d.root.appendValue(dst, 0, 0), '\n')
}

// appendValue writes the value at i; indent is the depth of its line, -1 for compact.
func (t *tree) appendValue(dst []byte, i uint32, indent int) []byte {
	n := &t.nodes[i]
	switch n.kind {
	case Null:
		return append(dst, "null"...)
	case Bool:
		if n.val == 1 {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case Number:
		return appendNumber(dst, t.text(n))
	case String:
		return appendQuoted(dst, t.text(n))
	case Array:
		if n.val == 0 {
			return append(dst, "[]"...)
		}
		dst = append(dst, '[')
		for c := i + 1; c < n.next; c = t.nodes[c].next {
			if c > i+1 {
				dst = append(dst, ',')
			}
			dst = t.appendValue(newLine(dst, indent+1, indent), c, deeper(indent))
		}
		return append(newLine(dst, indent, indent), ']')
	}
	if n.val == 0 {
		return append(dst, "{}"...)
	}
	dst = append(dst, '{')
	for k, c := range t.sorted(i) {
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuoted(newLine(dst, indent+1, indent), t.keys.names[t.nodes[c].key])
		dst = append(dst, ':')
		if indent >= 0 {
			dst = append(dst, ' ')
		}
		dst = t.appendValue(dst, c, deeper(indent))
	}
	return append(newLine(dst, indent, indent), '}')
}

func deeper(indent int) int {
	if indent < 0 {
		return indent
	}
	return indent + 1
}

// newLine begins a line at a depth, unless the style is compact.
func newLine(dst []byte, depth, indent int) []byte {
	if indent < 0 {
		return dst
	}
	dst = append(dst, '\n')
	for range depth {
		dst = append(dst, ' ', ' ')
	}
	return dst
}

// sorted are the fields of the object at i by key.
func (t *tree) sorted(i uint32) []uint32 {
	t.rankOnce.Do(func() { t.ranks = t.keys.ranks() })
	n := &t.nodes[i]
	fields := make([]uint32, 0, n.val)
	for c := i + 1; c < n.next; c = t.nodes[c].next {
		fields = append(fields, c)
	}
	slices.SortFunc(fields, func(a, b uint32) int { return int(t.ranks[t.nodes[a].key]) - int(t.ranks[t.nodes[b].key]) })
	return fields
}

func (k *keyTable) ranks() []uint32 {
	order := make([]uint32, len(k.names))
	for id := range order {
		order[id] = uint32(id)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		if k.names[a] < k.names[b] {
			return -1
		}
		return 1
	})
	ranks := make([]uint32, len(k.names))
	for rank, id := range order {
		ranks[id] = uint32(rank)
	}
	return ranks
}
