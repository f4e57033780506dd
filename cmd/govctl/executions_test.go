package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"sync"
	"time"
)

// execution is one call of govctl, and what came of it.
type execution struct {
	Dir       string
	Env, Args []string

	Code    int
	Output  string
	Peak    int64 // bytes of memory at most; 0 where the system does not say
	Elapsed time.Duration
}

// atOnce is how many calls run side by side: most wait for a server.
const atOnce = 12

// executions is a program of its own that makes calls: a child's peak begins with that of its parent, and the process of the tests is large.
func executions() {
	var all []*execution
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		panic(err) // the test wrote it
	}
	var running sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, one := range all {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			one.run()
		})
	}
	running.Wait()
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		panic(err)
	}
}

func (e *execution) run() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, "govctl", e.Args...)
	c.Dir, c.Env = e.Dir, append(os.Environ(), e.Env...)
	began := time.Now()
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		panic(err)
	}
	e.Elapsed, e.Code, e.Output, e.Peak = time.Since(began), c.ProcessState.ExitCode(), string(out), peak(c.ProcessState)
}
