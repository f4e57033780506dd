package contract

import "context"

// ParseValue reads any JSON or YAML file into a positioned tree: configuration, waivers, catalogues. References are data
// to it. Bad input gives an *Error. The caller must not change data afterwards.
func ParseValue(_ context.Context, name string, data []byte, opt Options) (Node, error) {
	t, err := (&Document{files: map[string]*tree{}}).add(name, "", data, opt)
	if err != nil {
		return Node{}, err
	}
	return Node{t, 0}, nil
}

// Find is the value at an RFC 6901 pointer below n; the zero Node where there is none.
func (n Node) Find(pointer string) Node {
	if !n.Exists() {
		return n
	}
	found, ok := n.follow(pointer)
	if !ok {
		return Node{}
	}
	return found
}
