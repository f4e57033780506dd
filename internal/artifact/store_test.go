package artifact

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/report"
)

func fixed() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

func open(t *testing.T, dir string) (*Store, Found) {
	t.Helper()
	s, found, err := Open(dir, fixed, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s, found
}

func TestJSONIsDeterministicAndListed(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	s.Begin("badges")
	b := report.Badge{SchemaVersion: 1, Label: "a<b", Message: "m", Color: "blue"}
	if err := s.JSON(BreakingBadge, b); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, BreakingBadge))
	if err != nil {
		t.Fatal(err)
	}
	want := "{\n  \"schemaVersion\": 1,\n  \"label\": \"a<b\",\n  \"message\": \"m\",\n  \"color\": \"blue\"\n}\n"
	if string(got) != want {
		t.Errorf("got %s", got)
	}
	files := s.Written()
	if len(files) != 1 || files[0].Path != BreakingBadge || files[0].Step != "badges" || files[0].MediaType != "application/json" || files[0].Size != int64(len(want)) {
		t.Errorf("manifest entry %+v", files)
	}
	info, err := os.Stat(filepath.Join(dir, BreakingBadge))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	back, err := Load[report.Badge](s.FS(), BreakingBadge)
	if err != nil || back != b {
		t.Errorf("loaded %+v, %v", back, err)
	}
}

func TestInvalidArtifactIsNeverWritten(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	good := report.Badge{SchemaVersion: 1, Label: "l", Message: "m", Color: "blue"}
	if err := s.JSON(BreakingBadge, good); err != nil {
		t.Fatal(err)
	}
	bad := good
	bad.Color = "mauve"
	if err := s.JSON(BreakingBadge, bad); err == nil || !strings.Contains(err.Error(), "/color") {
		t.Errorf("got %v", err)
	}
	if back, err := Load[report.Badge](s.FS(), BreakingBadge); err != nil || back != good {
		t.Errorf("the old file is gone: %+v, %v", back, err)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	f, err := s.Create(HistoryPath)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if err := f.Abort(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, _ error) error {
		if d.Type().IsRegular() {
			t.Errorf("%s is left", p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPathsStayInTheFolder(t *testing.T) {
	s, _ := open(t, t.TempDir())
	for _, p := range []string{"../x", "/etc/x", "status/../../x"} {
		if err := s.Bytes(p, nil); err == nil {
			t.Errorf("%s was written", p)
		}
	}
}

func TestAKilledRunIsFoundAndSweptUp(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperDiesWhileWriting$")
	cmd.Env = append(os.Environ(), "DIE_IN="+dir)
	if err := cmd.Run(); err == nil {
		t.Fatal("the helper came to its end")
	}
	s, found := open(t, dir)
	if j := s.Interrupted(dir + ".journal"); j == nil || j.SHA != "abc1234" || j.RunID != "1" {
		t.Errorf("journal %+v", j)
	}
	if len(found.Temporary) != 1 || !strings.HasPrefix(found.Temporary[0], "status/") {
		t.Errorf("temporary files %v", found.Temporary)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, found = open(t, dir); s.Interrupted(dir+".journal") != nil || found.Temporary != nil {
		t.Errorf("a clean end left %+v", found)
	}
}

// TestHelperDiesWhileWriting is the child of the test above; alone it does nothing.
func TestHelperDiesWhileWriting(t *testing.T) {
	dir := os.Getenv("DIE_IN")
	if dir == "" {
		return
	}
	s, _ := open(t, dir)
	s.Interrupted(dir + ".journal")
	if err := s.Journal(Journal{SHA: "abc1234", RunID: "1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(HistoryPath); err != nil {
		t.Fatal(err)
	}
	os.Exit(9)
}

func TestSecondRunWaitsOrNamesTheHolder(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	s.Interrupted(dir + ".journal")
	if err := s.Journal(Journal{SHA: "abc1234"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(dir, fixed, 0); !errors.Is(err, ErrHeld) {
		t.Errorf("got %v", err)
	}
	if j := Holder(dir + ".journal"); j == nil || j.SHA != "abc1234" || j.PID != os.Getpid() {
		t.Errorf("holder %+v", j)
	}
	waited := make(chan error)
	go func() {
		second, _, err := Open(dir, fixed, time.Minute)
		if err == nil {
			err = second.Close()
		}
		waited <- err
	}()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waited; err != nil {
		t.Errorf("the second run did not get the folder: %v", err)
	}
}
