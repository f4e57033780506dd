package contract

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// signatures are first bytes of what is no text in UTF-8, longest first.
var signatures = []struct{ head, msg, hint string }{
	{"\xff\xfe\x00\x00", "the file is UTF-32", "save it as UTF-8"},
	{"\x00\x00\xfe\xff", "the file is UTF-32", "save it as UTF-8"},
	{"\xff\xfe", "the file is UTF-16", "save it as UTF-8"},
	{"\xfe\xff", "the file is UTF-16", "save it as UTF-8"},
	{"{\x00", "the file is UTF-16", "save it as UTF-8"},
	{"\x00{", "the file is UTF-16", "save it as UTF-8"},
	{"o\x00", "the file is UTF-16", "save it as UTF-8"},
	{"\x00o", "the file is UTF-16", "save it as UTF-8"},
	{"\x1f\x8b", "the file is compressed with gzip", "unpack it first"},
	{"PK\x03\x04", "the file is a ZIP archive", "unpack it first"},
	{"%PDF-", "the file is a PDF document", ""},
	{"version https://git-lfs.github.com/spec/", "the file is a pointer of Git LFS, not the contract itself", "run git lfs pull first"},
}

// markup are beginnings of text that is neither JSON nor YAML, lower case.
var markup = []struct{ head, msg, hint string }{
	{"<<<<<<< ", "the file contains the markers of a merge conflict", "resolve the conflict and commit the file again"},
	{"<!doctype html", "the text is an HTML page", "give the address of the description itself, not of its documentation or a login page"},
	{"<html", "the text is an HTML page", "give the address of the description itself, not of its documentation or a login page"},
	{"<?xml", "the text is XML", "OpenAPI descriptions are JSON or YAML"},
	{"<", "the text is XML or HTML", "OpenAPI descriptions are JSON or YAML"},
	{"#%raml", "the text is a RAML description", "convert it to OpenAPI 3 first"},
	{"syntax = \"proto", "the text is a protocol buffer definition", ""},
}

var conflict = regexp.MustCompile(`(?m)^(<<<<<<<|>>>>>>>) `)

// checkText refuses what cannot be JSON or YAML text, and says what it seems to be.
func checkText(t *tree, data []byte) error {
	for _, s := range signatures {
		if bytes.HasPrefix(data, []byte(s.head)) {
			return t.fail(0, s.msg, s.hint)
		}
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return t.fail(uint32(i), "the text has a NUL byte: the file is binary, or damaged", "name the text file itself, saved as UTF-8")
	}
	if i := invalidUTF8(data); i >= 0 {
		return t.fail(uint32(i), "the text is not valid UTF-8", "save the file as UTF-8")
	}
	body := strings.TrimLeft(strings.TrimPrefix(t.src, bom), " \t\r\n")
	begin := strings.ToLower(body[:min(len(body), 32)])
	for _, m := range markup {
		if strings.HasPrefix(begin, m.head) {
			return t.fail(uint32(len(t.src)-len(body)), m.msg, m.hint)
		}
	}
	return nil
}

// explainConflict replaces a syntax error by its likely cause.
func explainConflict(t *tree, err error) error {
	if at := conflict.FindStringIndex(t.src); at != nil {
		return t.fail(uint32(at[0]), "the file contains the markers of a merge conflict", "resolve the conflict and commit the file again")
	}
	return err
}

// A lookalike is another kind of document, told by a value at a pointer.
type lookalike struct {
	pointer string
	begins  string // what the value begins with; "" for any
	seems   string
	hint    string
}

// lookalikes are tried in order; the first that matches names the document.
var lookalikes = []lookalike{
	{"/swagger", "", "a Swagger %s description", "convert it to OpenAPI 3"},
	{"/swaggerVersion", "", "a Swagger %s description", "convert it to OpenAPI 3"},
	{"/openapi", "", "an OpenAPI %s description", "OpenAPI 3.0, 3.1 and 3.2 are read"},
	{"/asyncapi", "", "an AsyncAPI %s description", "govctl governs OpenAPI descriptions"},
	{"/arazzo", "", "an Arazzo %s description", "give the OpenAPI description that it refers to"},
	{"/overlay", "", "an OpenAPI Overlay %s", "apply it to its OpenAPI description first"},
	{"/openrpc", "", "an OpenRPC %s description", "govctl governs OpenAPI descriptions"},
	{"/info/_postman_id", "", "a Postman collection", "export it as OpenAPI 3"},
	{"/info/schema", "https://schema.getpostman.com", "a Postman collection", "export it as OpenAPI 3"},
	{"/_type", "export", "an Insomnia export", "export it as OpenAPI 3"},
	{"/log/entries", "", "a HAR recording", ""},
	{"/data/__schema", "", "a GraphQL schema", "govctl governs OpenAPI descriptions"},
	{"/__schema", "", "a GraphQL schema", "govctl governs OpenAPI descriptions"},
	{"/$schema", "", "a JSON Schema", "give the OpenAPI description that uses it"},
	{"/apiVersion", "", "a Kubernetes object", ""},
	{"/alerts", "", "an alert taxonomy", "give it as taxonomy.file"},
	{"/groups", "", "a file of Prometheus rules", "give it under taxonomy.rules"},
	{"/contract/source", "", "a govctl configuration", "give it with --config"},
	{"/paths", "", "an OpenAPI description without its version", `it must begin with "openapi: 3.x.y"`},
	{"/components", "", "a part of an OpenAPI description", "give the root document that refers to it"},
	{"/properties", "", "a JSON Schema", "give the OpenAPI description that uses it"},
}

var supported = regexp.MustCompile(`^3\.[012](\.\d+)?(-[\w.-]+)?$`)

// openAPIVersion is the version of an OpenAPI 3 description; for anything else an error that says what it seems to be.
func openAPIVersion(root Node) (string, error) {
	if root.Kind() == Null {
		return "", fail(root, "the file is empty", emptyHint)
	}
	if root.Kind() != Object {
		return "", fail(root, fmt.Sprintf("an OpenAPI description is an object, this is %s", root.Kind()), "it begins with openapi: 3.0.3 or the like; is this the right file?")
	}
	v := root.Get("openapi")
	switch {
	case v.Kind() == Number:
		return "", fail(v, fmt.Sprintf(`"openapi" must be a string, not the number %s`, v.Literal()), fmt.Sprintf(`write it in full: "%s.0"`, v.Literal()))
	case v.Exists() && v.Kind() != String:
		return "", fail(v, fmt.Sprintf(`"openapi" must be a string, not %s`, v.Kind()), `write "3.0.3" or "3.1.0"`)
	case root.Get("swagger").Exists() && v.Exists():
		return "", fail(root.Get("swagger"), `the document has both "swagger" and "openapi"`, "remove the one that is not meant")
	case supported.MatchString(v.Text()):
		return v.Text(), nil
	}
	for _, l := range lookalikes {
		n := root.Find(l.pointer)
		value := n.Text() + n.Literal()
		if !n.Exists() || !strings.HasPrefix(value, l.begins) {
			continue
		}
		seems := l.seems
		if strings.Contains(seems, "%s") {
			seems = fmt.Sprintf(seems, value)
		}
		return "", fail(n, "the document is not an OpenAPI 3 description: it seems to be "+seems, l.hint)
	}
	return "", fail(root, "the document is not an OpenAPI 3 description", `it must begin with "openapi: 3.x.y"`)
}
