package journal

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"enlist/pkg/onboard"
)

// Plan is what a dry run found that a run would do, kept to be done later, just
// so. Its file is JSON Lines: the plan, then each row's outcome, then what is
// taken back of earlier runs.
type Plan struct {
	Version  int                 `json:"enlist_plan"`
	Tenant   string              `json:"tenant"`
	Input    string              `json:"input"` // the file's absolute path
	SHA256   string              `json:"sha256"`
	Settings map[string][]string `json:"settings"`
	Made     time.Time           `json:"made"`

	// FileSHA256 is of the plan's own file, hexadecimal, once it is read.
	FileSHA256 string `json:"-"`

	deeds    toldDeeds
	removals []plannedRemoval
}

// planVersion is that of the file's form.
const planVersion = 1

// plannedRow is what the plan says of a row.
type plannedRow struct {
	Line    int           `json:"line"`
	Address string        `json:"address"`
	Outcome storedOutcome `json:"outcome"`
}

// plannedRemoval is a change of an earlier run that the plan takes back.
type plannedRemoval struct {
	What   string `json:"what"`
	Person string `json:"person"` // address
	Group  string `json:"group"`  // address
}

// plannedLine is a line of the file after the first one.
type plannedLine struct {
	plannedRow
	Removal *plannedRemoval `json:"removal"`
}

// PlanWriter writes a plan.
type PlanWriter struct {
	path string
	file *os.File
	buf  *bufio.Writer
	json *json.Encoder
}

// NewPlan begins a plan in a file that gets its name when it is complete, for
// its owner's eyes only.
func NewPlan(path string, p Plan) (*PlanWriter, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial")
	if err != nil {
		return nil, err
	}
	w := &PlanWriter{path: path, file: f, buf: bufio.NewWriter(f)}
	w.json = json.NewEncoder(w.buf)
	p.Version = planVersion
	return w, w.json.Encode(p)
}

// Add writes the next row's outcome.
func (w *PlanWriter) Add(o onboard.Outcome) error {
	return w.json.Encode(plannedRow{Line: o.Row.Line, Address: strings.ToLower(o.Row.Contact.Email), Outcome: storedOutcome{Outcome: o}})
}

// AddRemoval writes that a change of an earlier run is taken back: its kind, and
// the addresses of the person and the group.
func (w *PlanWriter) AddRemoval(what, person, group string) error {
	return w.json.Encode(struct {
		Removal plannedRemoval `json:"removal"`
	}{plannedRemoval{what, person, group}})
}

// Finish brings the plan to the disk under its name.
func (w *PlanWriter) Finish() error {
	err := w.buf.Flush()
	if err == nil {
		err = w.file.Sync()
	}
	if err := errors.Join(err, w.file.Close()); err != nil {
		return errors.Join(err, os.Remove(w.file.Name()))
	}
	return os.Rename(w.file.Name(), w.path)
}

// Abandon removes what was written.
func (w *PlanWriter) Abandon() error {
	return errors.Join(w.file.Close(), os.Remove(w.file.Name()))
}

// ReadPlan reads a plan that was kept.
func ReadPlan(path string) (*Plan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := sha256.New()
	lines := json.NewDecoder(io.TeeReader(bufio.NewReader(f), sum))
	p := &Plan{deeds: toldDeeds{}}
	if err := lines.Decode(p); err != nil || p.Version == 0 {
		return nil, fmt.Errorf("%s is no plan of enlist", path)
	}
	if p.Version != planVersion {
		return nil, fmt.Errorf("%s was made by another version of enlist", path)
	}
	for {
		var line plannedLine
		err := lines.Decode(&line)
		if errors.Is(err, io.EOF) {
			p.FileSHA256 = hex.EncodeToString(sum.Sum(nil))
			return p, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s is damaged: %w", path, err)
		}
		if line.Removal != nil {
			p.removals = append(p.removals, *line.Removal)
			continue
		}
		p.deeds.add(line.Address, line.Outcome.Outcome)
	}
}
