// Package textfile tells Prometheus how runs ended, in a file that the textfile
// collector of its node exporter reads (github.com/prometheus/node_exporter).
//
// The file holds counts, times and what the job is called, and nobody's address:
// everybody on the machine may read it, as the node exporter must.
package textfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Run is how a run over one input ended, or could not begin.
type Run struct {
	Tenant   string // as the user named it
	Source   string // what the input is called from run to run
	Started  time.Time
	Ended    time.Time
	ExitCode int
	// Done is nil for a run that did not begin.
	Done *Done
}

// Done is what a run did.
type Done struct {
	Rows      map[string]int // by verdict
	Commands  map[string]int // by name
	Requests  int
	Throttled int
	Opened    int // groups that were opened to mail from outside
}

// Write replaces the file at path by one about the runs, at once, so that a
// reader sees the former or the new one. When a job last went well is taken over
// from the former file, if no run of the job did now.
func Write(path string, runs []Run) error {
	former, err := successes(path)
	if err != nil {
		return fmt.Errorf("%s is there and is no file of metrics: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".enlist-*") // not .prom: nobody reads it
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = write(f, metrics(runs, former))
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func write(w io.Writer, families []*dto.MetricFamily) error {
	for _, family := range families {
		if len(family.Metric) == 0 {
			continue
		}
		if _, err := expfmt.MetricFamilyToText(w, family); err != nil {
			return err
		}
	}
	return nil
}

// job is what runs of the same input are known by.
type job struct{ tenant, source string }

// successes tells when each job of the file last went well, in seconds since
// 1970. A file that is not there has none.
func successes(path string) (map[job]float64, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(f)
	if err != nil {
		return nil, err
	}
	when := map[job]float64{}
	for _, m := range families[successName].GetMetric() {
		var j job
		for _, label := range m.Label {
			switch label.GetName() {
			case "tenant":
				j.tenant = label.GetValue()
			case "source":
				j.source = label.GetValue()
			}
		}
		when[j] = m.GetGauge().GetValue()
	}
	return when, nil
}
