package gitrepo_test

import (
	"net"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// server serves a repository over git's own protocol. Each connection has a process of its own, which goes on when the client is killed.
type server struct {
	url  string
	busy sync.RWMutex // held for reading by each connection
}

// serve listens until the test ends; without a flag that allows more the repository can be read only.
func serve(t *testing.T, dir string, flags ...string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{url: "git://" + l.Addr().String() + "/" + filepath.Base(dir)}
	t.Cleanup(func() { _ = l.Close(); s.rest() })
	args := append([]string{"daemon", "--inetd", "--log-destination=none", "--export-all", "--base-path=" + filepath.Dir(dir)}, flags...)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // the test is over
			}
			s.busy.RLock()
			go func() {
				defer s.busy.RUnlock()
				answer(conn, exec.Command("git", args...))
			}()
		}
	}()
	return s
}

// answer lets a program talk to a connection until both are done with it.
func answer(conn net.Conn, program *exec.Cmd) {
	f, err := conn.(*net.TCPConn).File()
	_ = conn.Close() // f is another name of it
	if err != nil {
		return // the client sees that nobody answers
	}
	program.Stdin, program.Stdout = f, f
	_ = program.Run() // it fails with its client
	_ = f.Close()
}

// rest waits until no connection is left. Whoever was not accepted by now has had no answer and has changed nothing.
func (s *server) rest() {
	s.busy.Lock()
	defer s.busy.Unlock()
}
