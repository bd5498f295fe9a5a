package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"enlist/pkg/cause"
	"enlist/pkg/doctor"
	"enlist/pkg/journal"
)

// keepsState reports whether runs have a state file.
func (o *runOptions) keepsState() bool {
	path, err := o.statePath()
	return err == nil && path != ""
}

const stateCheck = "state"

// stateFinding tells whether runs can be recorded.
func stateFinding(ctx context.Context, o *runOptions) doctor.Finding {
	path, err := o.statePath()
	if err == nil && path == "" {
		return doctor.Finding{Check: stateCheck, Verdict: doctor.OK, Message: "none: runs are not recorded, and can't be gone on with"}
	}
	if err == nil {
		err = tryState(ctx, path)
	}
	f := doctor.Finding{Check: stateCheck, Verdict: doctor.OK, Message: path + " can be written"}
	if err != nil {
		f.Verdict = doctor.Failed
		f.Message, f.NextStep, _ = strings.Cut(cause.Text(err), "\n")
	}
	return f
}

// tryState looks into the state file, if there is one yet, and writes beside it.
func tryState(ctx context.Context, path string) error {
	j, err := journal.Read(ctx, path)
	switch {
	case err == nil:
		err = j.Close()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, journal.ErrOlder):
		err = nil
	}
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	for !isFolder(folder) && folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder) // a run makes those that are missing
	}
	f, err := os.CreateTemp(folder, ".enlist-doctor-*")
	if err != nil {
		return &usageError{Message: fmt.Sprintf("nothing can be written beside %s: %v.", path, err),
			NextStep: "Give enlist the right to write there, or name another file with --state.", cause: err}
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
