package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Action is what a fault does to a call.
type Action string

// The actions. Those that say "after" let the tenant do the work first, so the
// client is left not knowing that it was done.
const (
	Status           Action = "status"            // answers with a status, headers and body of one's choice
	StatusAfter      Action = "status_after"      // the same, after the work: a gateway timeout that came too late
	ResetBefore      Action = "reset_before"      // cuts the connection
	ResetAfter       Action = "reset_after"       // does the work, then cuts the connection
	Truncate         Action = "truncate"          // does the work and sends half of the answer
	Garbage          Action = "garbage"           // a 403 of NUL bytes that says it is gzip and is not
	Slow             Action = "slow"              // does the work and holds the answer back
	RefuseToken      Action = "refuse_token"      // the 401 that an expired token gets
	RefuseConnection Action = "refuse_connection" // nobody listens: new connections are closed, open ones cut
)

var actions = []Action{
	Status, StatusAfter, ResetBefore, ResetAfter, Truncate, Garbage, Slow, RefuseToken, RefuseConnection,
}

// Fault is one order for faults to come: which calls, how many, and what happens to them.
type Fault struct {
	// Command aims at calls of one Exchange cmdlet, alone or in a $batch.
	Command string
	// Path aims at requests whose path begins so. With neither Command nor
	// Path the fault is aimed at every request to Graph and Exchange.
	Path string
	// After is how many matching calls pass unharmed first.
	After int
	// Next is how many times the fault fires; 0 means once, or without
	// bound when there is a Probability.
	Next int
	// Probability that a matching call is hit, in (0, 1]; 0 means certainly.
	Probability float64

	Action Action
	// Status, Headers and Body are the answer of Status, StatusAfter and Garbage.
	// Status 0 is 503, or 403 for Garbage.
	Status  int
	Headers map[string]string
	Body    string
	// Delay is how long Slow holds the answer back.
	Delay time.Duration
}

// form is a Fault as it travels.
type form struct {
	Command     string            `json:"command,omitempty"`
	Path        string            `json:"path,omitempty"`
	After       int               `json:"after,omitempty"`
	Next        int               `json:"next,omitempty"`
	Probability float64           `json:"probability,omitempty"`
	Action      Action            `json:"action"`
	Status      int               `json:"status,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	Body        string            `json:"body,omitempty"`
	Delay       string            `json:"delay,omitempty"`
}

// MarshalJSON writes the form that Decode reads.
func (f Fault) MarshalJSON() ([]byte, error) {
	out := form{
		Command: f.Command, Path: f.Path, After: f.After, Next: f.Next, Probability: f.Probability,
		Action: f.Action, Status: f.Status, Headers: f.Headers, Body: f.Body,
	}
	if f.Delay != 0 {
		out.Delay = f.Delay.String()
	}
	return json.Marshal(out)
}

// Decode reads a JSON list of faults. Unknown keys and orders that make no
// sense are refused, with the position of the fault in the list.
func Decode(r io.Reader) ([]Fault, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var list []form
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("the faults are not a JSON list of the known form: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the list of faults")
	}
	faults := make([]Fault, len(list))
	for i, in := range list {
		f, err := in.fault()
		if err == nil {
			err = f.Validate()
		}
		if err != nil {
			return nil, fmt.Errorf("fault %d: %w", i+1, err)
		}
		faults[i] = f
	}
	return faults, nil
}

func (in form) fault() (Fault, error) {
	f := Fault{
		Command: in.Command, Path: in.Path, After: in.After, Next: in.Next, Probability: in.Probability,
		Action: in.Action, Status: in.Status, Headers: in.Headers, Body: in.Body,
	}
	if in.Delay == "" {
		return f, nil
	}
	delay, err := time.ParseDuration(in.Delay)
	if err != nil {
		return Fault{}, fmt.Errorf("delay %q is not a duration such as 2s or 500ms", in.Delay)
	}
	f.Delay = delay
	return f, nil
}

// Validate says what is wrong with the fault, if anything.
func (f Fault) Validate() error {
	if !slices.Contains(actions, f.Action) {
		return fmt.Errorf("action %q is not known; there are %s", f.Action, joinActions())
	}
	if err := f.validateAim(); err != nil {
		return err
	}
	return f.validateAnswer()
}

func (f Fault) validateAim() error {
	switch {
	case f.Command != "" && f.Path != "":
		return errors.New("give a command or a path, not both")
	case f.After < 0 || f.Next < 0:
		return errors.New("after and next can't be negative")
	case f.Probability < 0 || f.Probability > 1:
		return errors.New("probability must be between 0 and 1")
	case f.Action == RefuseConnection && f.Command+f.Path != "":
		return errors.New("refuse_connection is aimed at connections, which have neither command nor path")
	case f.Action == RefuseConnection && f.Probability != 0:
		return errors.New("refuse_connection takes no probability, for it would shut out /sim/faults too; use next")
	}
	return nil
}

func (f Fault) validateAnswer() error {
	answers := slices.Contains([]Action{Status, StatusAfter, Garbage}, f.Action)
	switch {
	case !answers && (f.Status != 0 || f.Body != "" || len(f.Headers) > 0):
		return fmt.Errorf("status, headers and body mean nothing to action %q", f.Action)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status %d is not one that a service answers with", f.Status)
	case (f.Action == Slow) != (f.Delay > 0):
		return errors.New("a positive delay goes with action \"slow\", and with no other")
	}
	return nil
}

func joinActions() string {
	names := make([]string, len(actions))
	for i, a := range actions {
		names[i] = string(a)
	}
	return strings.Join(names, ", ")
}

// header returns the fault's headers in canonical form.
func (f Fault) header() http.Header {
	h := http.Header{}
	for _, name := range slices.Sorted(maps.Keys(f.Headers)) {
		h.Set(name, f.Headers[name])
	}
	return h
}
