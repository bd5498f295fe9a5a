// Package stats counts what the simulated tenant was asked and how it
// answered. The counts are what tests hold a client to: "the second run sent no
// write command", "never more than ten requests at once".
package stats

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
)

// Recorder collects the counts of one tenant. The zero value is ready to use,
// and all methods may be called from many goroutines at once.
type Recorder struct {
	requests  atomic.Int64
	batches   atomic.Int64
	graph     atomic.Int64
	throttled atomic.Int64
	admitted  atomic.Int64
	conflicts atomic.Int64
	faults    atomic.Int64
	inFlight  atomic.Int64
	peak      atomic.Int64
	commands  sync.Map // cmdlet name to *atomic.Int64
}

// Counts is a reading of a Recorder, in the form of GET /sim/stats.
type Counts struct {
	// Requests is the number of HTTP requests to Graph and Exchange; a $batch is one.
	Requests int64 `json:"requests"`
	// Commands counts Exchange commands by cmdlet; each item of a $batch is one.
	Commands map[string]int64 `json:"commands"`
	// Batches is the number of $batch requests, of both APIs.
	Batches int64 `json:"batches"`
	// Graph is the number of Graph requests; each item of a $batch is one.
	Graph int64 `json:"graph"`
	// Throttled is the number of calls refused for being too many.
	Throttled int64 `json:"throttled"`
	// Admitted is the number of Exchange commands that no limit refused, each
	// item of a $batch and each page of a list by itself.
	Admitted int64 `json:"admitted"`
	// Conflicts is the number of Exchange commands that were refused because
	// another one was changing the same group.
	Conflicts int64 `json:"conflicts"`
	// Faults is the number of faults that were fired.
	Faults int64 `json:"faults"`
	// PeakConcurrency is the largest number of API requests that were open at once.
	PeakConcurrency int64 `json:"peak_concurrency"`
}

// Command notes one Exchange command.
func (r *Recorder) Command(cmdlet string) {
	n, ok := r.commands.Load(cmdlet)
	if !ok {
		n, _ = r.commands.LoadOrStore(cmdlet, new(atomic.Int64))
	}
	n.(*atomic.Int64).Add(1)
}

// Batch notes one $batch request.
func (r *Recorder) Batch() { r.batches.Add(1) }

// Graph notes one Graph request.
func (r *Recorder) Graph() { r.graph.Add(1) }

// Throttled notes one call that was refused for being too many.
func (r *Recorder) Throttled() { r.throttled.Add(1) }

// Admitted notes one Exchange command that no limit refused.
func (r *Recorder) Admitted() { r.admitted.Add(1) }

// Conflict notes one Exchange command that was refused because another one was
// changing the same group.
func (r *Recorder) Conflict() { r.conflicts.Add(1) }

// Fault notes one fault that was fired.
func (r *Recorder) Fault() { r.faults.Add(1) }

// Counts reads all counts. Calls that are in progress may be counted in one
// field and not yet in another.
func (r *Recorder) Counts() Counts {
	c := Counts{
		Requests:        r.requests.Load(),
		Commands:        map[string]int64{},
		Batches:         r.batches.Load(),
		Graph:           r.graph.Load(),
		Throttled:       r.throttled.Load(),
		Admitted:        r.admitted.Load(),
		Conflicts:       r.conflicts.Load(),
		Faults:          r.faults.Load(),
		PeakConcurrency: r.peak.Load(),
	}
	r.commands.Range(func(cmdlet, n any) bool {
		c.Commands[cmdlet.(string)] = n.(*atomic.Int64).Load()
		return true
	})
	return c
}

// Wrap counts the requests that pass on to next, and how many are open at once.
func (r *Recorder) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.requests.Add(1)
		r.raisePeak(r.inFlight.Add(1))
		defer r.inFlight.Add(-1)
		next.ServeHTTP(w, req)
	})
}

func (r *Recorder) raisePeak(open int64) {
	for {
		peak := r.peak.Load()
		if open <= peak || r.peak.CompareAndSwap(peak, open) {
			return
		}
	}
}

// ServeHTTP answers GET /sim/stats.
func (r *Recorder) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	// A client that went away before the answer is no concern of the counts.
	_ = json.NewEncoder(w).Encode(r.Counts())
}
