package fault

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// Counter is told of every fault that fires.
type Counter interface{ Fault() }

// Call is what a fault can be aimed at.
type Call struct {
	Command string // cmdlet, when it is an Exchange command
	Path    string // path of the request; empty for a new connection
}

// Injector holds the faults to come and decides which call meets which. Its
// methods may be called from many goroutines at once.
type Injector struct {
	seed    uint64
	counter Counter

	armed    atomic.Int32 // faults in the list, so that a tenant without any pays nothing
	commands atomic.Int32 // of these, aimed at a command

	mu     sync.Mutex
	faults []*order
	orders uint64 // given so far; each has its own random numbers
}

// order is a fault with what became of it so far.
type order struct {
	Fault
	passed int
	fired  int
	random *rand.Rand
}

// New returns an Injector without faults. The seed decides who is hit by
// faults with a probability.
func New(seed uint64, counter Counter) *Injector {
	return &Injector{seed: seed, counter: counter}
}

// Add appends faults to those that are waiting. A call meets the first that matches and fires.
func (in *Injector) Add(faults ...Fault) error {
	for i, f := range faults {
		if err := f.Validate(); err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, f := range faults {
		in.orders++
		in.faults = append(in.faults, &order{Fault: f, random: rand.New(rand.NewPCG(in.seed, in.orders))})
	}
	in.recount()
	return nil
}

// Clear ends all faults.
func (in *Injector) Clear() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.faults = nil
	in.recount()
}

// Pending lists the faults that can still fire, each with what is left of its After and Next.
func (in *Injector) Pending() []Fault {
	in.mu.Lock()
	defer in.mu.Unlock()
	list := make([]Fault, 0, len(in.faults))
	for _, o := range in.faults {
		f := o.Fault
		f.After = max(0, f.After-o.passed)
		if limit := o.limit(); limit > 0 {
			f.Next = limit - o.fired
		}
		list = append(list, f)
	}
	return list
}

// Draw returns the fault that hits the call, if one does, and counts it.
func (in *Injector) Draw(c Call) (Fault, bool) {
	if in.armed.Load() == 0 {
		return Fault{}, false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for i, o := range in.faults {
		if !o.hits(c) {
			continue
		}
		if o.fired == o.limit() {
			in.faults = append(in.faults[:i:i], in.faults[i+1:]...)
			in.recount()
		}
		in.counter.Fault()
		return o.Fault, true
	}
	return Fault{}, false
}

func (in *Injector) recount() {
	commands := 0
	for _, o := range in.faults {
		if o.Command != "" {
			commands++
		}
	}
	in.armed.Store(int32(len(in.faults)))
	in.commands.Store(int32(commands))
}

// limit is how often the order fires in all; 0 is without bound.
func (o *order) limit() int {
	if o.Next == 0 && o.Probability == 0 {
		return 1
	}
	return o.Next
}

func (o *order) hits(c Call) bool {
	if !o.matches(c) {
		return false
	}
	if o.passed < o.After {
		o.passed++
		return false
	}
	if o.Probability > 0 && o.random.Float64() >= o.Probability {
		return false
	}
	o.fired++
	return true
}

func (o *order) matches(c Call) bool {
	switch {
	case o.Action == RefuseConnection:
		return true
	case c.Path == "":
		return false
	case o.Command != "":
		return strings.EqualFold(o.Command, c.Command)
	case o.Path != "":
		return strings.HasPrefix(c.Path, o.Path)
	default:
		return isGraph(c.Path) || isExchange(c.Path)
	}
}

func isGraph(path string) bool { return strings.HasPrefix(path, "/v1.0/") }

func isExchange(path string) bool { return strings.HasPrefix(path, "/adminapi/") }

// ServeHTTP is the /sim/faults endpoint: POST adds a JSON list, GET lists what
// is waiting, DELETE ends all.
func (in *Injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		w.Header().Set("Content-Type", "application/json")
		// A client that went away before the answer changes nothing here.
		_ = json.NewEncoder(w).Encode(in.Pending())
	case http.MethodPost:
		faults, err := Decode(http.MaxBytesReader(w, r.Body, 1<<20))
		if err == nil {
			err = in.Add(faults...)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	case http.MethodDelete:
		in.Clear()
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, POST, DELETE")
		http.Error(w, "use GET, POST or DELETE", http.StatusMethodNotAllowed)
	}
}
