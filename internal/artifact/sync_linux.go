package artifact

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncFile waits for nothing: syncFolder makes all files durable at once.
func syncFile(*os.File) error { return nil }

// syncFolder makes everything durable that is on the file system of a folder.
func syncFolder(root *os.Root) (err error) {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }() // only read
	return unix.Syncfs(int(dir.Fd()))
}
