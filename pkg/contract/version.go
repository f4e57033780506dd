package contract

// setVersion makes info.version say another version than the file does, where one is given. It is called before anything is derived from
// the tree. Its place stays that of the text.
func (t *tree) setVersion(version string) error {
	if version == "" {
		return nil
	}
	n := Node{t, 0}.Get("info").Get("version")
	if n.Kind() != String && n.Kind() != Number {
		return fail(Node{t, 0}, "info.version is missing and cannot carry the version "+version, "write info.version, which OpenAPI requires; its value is replaced")
	}
	value := &t.nodes[n.i]
	value.kind, value.form, value.val = String, decoded, uint32(len(t.texts)) //nolint:gosec // there are fewer texts than nodes, which are counted in 32 bits
	t.texts = append(t.texts, version)
	return nil
}
