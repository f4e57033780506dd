// The documentation as web pages: docs/ and the Markdown files at the top, into the folder that is named. Run it at the top of the
// repository. It is not a part of the program, so its Markdown library is not either.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 { //nolint:forbidigo // a main
		fmt.Fprintln(os.Stderr, "usage: docsite FOLDER") //nolint:forbidigo // a main
		os.Exit(2)                                       //nolint:forbidigo // a main
	}
	if err := write(os.Args[1]); err != nil { //nolint:forbidigo // a main
		fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // a main
		os.Exit(3)                   //nolint:forbidigo // a main
	}
}

func write(dir string) error {
	files, err := site(os.DirFS("."))
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(file), 0o755) //nolint:forbidigo // a program of its own
		}
		if err == nil {
			err = os.WriteFile(file, content, 0o644) //nolint:forbidigo // a program of its own
		}
	}
	return err
}
