package stats_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/stats"
)

func TestCounts(t *testing.T) {
	var r stats.Recorder
	r.Command("New-MailContact")
	r.Command("New-MailContact")
	r.Command("Get-Recipient")
	r.Batch()
	r.Graph()
	r.Throttled()
	r.Admitted()
	r.Conflict()
	r.Fault()

	want := stats.Counts{
		Commands:  map[string]int64{"New-MailContact": 2, "Get-Recipient": 1},
		Batches:   1,
		Graph:     1,
		Throttled: 1,
		Admitted:  1,
		Conflicts: 1,
		Faults:    1,
	}
	if diff := cmp.Diff(want, r.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestPeakIsTheMostRequestsOpenAtOnce(t *testing.T) {
	var r stats.Recorder
	var arrived sync.WaitGroup
	arrived.Add(3)
	h := r.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived.Done()
		arrived.Wait()
	}))

	var done sync.WaitGroup
	for range 3 {
		done.Go(func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1.0/contacts", nil)) })
	}
	done.Wait()
	arrived.Add(1)
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1.0/contacts", nil))

	if c := r.Counts(); c.Requests != 4 || c.PeakConcurrency != 3 {
		t.Errorf("got %d requests with a peak of %d, want 4 with a peak of 3", c.Requests, c.PeakConcurrency)
	}
}

// The form of the answer is part of cli.md: scripts read these keys.
func TestServeHTTP(t *testing.T) {
	var r stats.Recorder
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest("GET", "/sim/stats", nil))
	want := `{"requests":0,"commands":{},"batches":0,"graph":0,"throttled":0,"admitted":0,"conflicts":0,"faults":0,"peak_concurrency":0}` + "\n"
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}
