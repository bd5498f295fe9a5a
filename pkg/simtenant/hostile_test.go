package simtenant_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/fault"
)

// hostileRun sends the same commands to a fresh hostile tenant, one after the
// other, and says how each ended.
func hostileRun(t *testing.T, randomSeed uint64) []string {
	t.Helper()
	cfg, err := simtenant.Profile("hostile")
	if err != nil {
		t.Fatal(err)
	}
	cfg.RandomSeed = randomSeed
	cfg.Latency, cfg.Rate = 0, 0 // what depends on the clock can't be repeated
	for i := range cfg.Faults {
		cfg.Faults[i].Probability *= 10
		if cfg.Faults[i].Action == fault.Slow {
			cfg.Faults[i].Delay = time.Millisecond
		}
	}
	srv := start(t, cfg)
	a := newAdmin(t, srv)
	var ends []string
	for range 100 {
		ends = append(ends, a.try(t))
	}
	return ends
}

// try sends one command and does not mind how it ends.
func (a *admin) try(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", a.url("InvokeCommand"),
		strings.NewReader(`{"CmdletInput":{"CmdletName":"Get-AcceptedDomain","Parameters":{}}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = a.header
	res, err := a.client.Do(req)
	if err != nil {
		return "broken"
	}
	defer func() { _ = res.Body.Close() }()
	return res.Status
}

func TestHostileCanBeRepeated(t *testing.T) {
	first := hostileRun(t, 7)
	if diff := cmp.Diff(first, hostileRun(t, 7)); diff != "" {
		t.Errorf("the same seed ended otherwise (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, hostileRun(t, 8)) {
		t.Error("another seed ended the same")
	}
	kinds := map[string]bool{}
	for _, end := range first {
		kinds[end] = true
	}
	if !kinds["200 OK"] || !kinds["broken"] || len(kinds) < 4 {
		t.Errorf("a hostile tenant ended calls only thus: %v", kinds)
	}
}
