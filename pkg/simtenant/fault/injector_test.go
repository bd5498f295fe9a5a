package fault_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/fault"
)

type counter int

func (c *counter) Fault() { *c++ }

// fired says which of n equal calls are hit, as a string of x and dots.
func fired(in *fault.Injector, c fault.Call, n int) string {
	var s strings.Builder
	for range n {
		if _, ok := in.Draw(c); ok {
			s.WriteByte('x')
		} else {
			s.WriteByte('.')
		}
	}
	return s.String()
}

func TestDraw(t *testing.T) {
	const exchange = "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand"
	create := fault.Call{Command: "New-MailContact", Path: exchange}
	tests := []struct {
		name  string
		fault fault.Fault
		call  fault.Call
		want  string
	}{
		{"once", fault.Fault{Command: "New-MailContact"}, create, "x....."},
		{"letter case of a command", fault.Fault{Command: "new-mailcontact"}, create, "x....."},
		{"another command", fault.Fault{Command: "Set-MailContact"}, create, "......"},
		{"the next three", fault.Fault{Command: "New-MailContact", Next: 3}, create, "xxx..."},
		{"after two", fault.Fault{Command: "New-MailContact", After: 2, Next: 2}, create, "..xx.."},
		{"certain probability has no end", fault.Fault{Probability: 1}, create, "xxxxxx"},
		{"probability with an end", fault.Fault{Probability: 1, Next: 2}, create, "xx...."},
		{"path prefix", fault.Fault{Path: "/adminapi/"}, create, "x....."},
		{"another path", fault.Fault{Path: "/v1.0/contacts"}, create, "......"},
		{"no aim: Exchange", fault.Fault{}, create, "x....."},
		{"no aim: Graph", fault.Fault{}, fault.Call{Path: "/v1.0/groups"}, "x....."},
		{"no aim: not sign-in", fault.Fault{}, fault.Call{Path: "/contoso/oauth2/v2.0/token"}, "......"},
		{"no aim: not a connection", fault.Fault{}, fault.Call{}, "......"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var hits counter
			in := fault.New(1, &hits)
			tt.fault.Action = fault.Garbage
			if err := in.Add(tt.fault); err != nil {
				t.Fatal(err)
			}
			got := fired(in, tt.call, len(tt.want))
			if got != tt.want {
				t.Errorf("fired %s, want %s", got, tt.want)
			}
			if int(hits) != strings.Count(tt.want, "x") {
				t.Errorf("counted %d faults, want %d", hits, strings.Count(tt.want, "x"))
			}
		})
	}
}

func TestRefusedConnectionsAreNewOnesAndOpenOnes(t *testing.T) {
	in := fault.New(1, new(counter))
	if err := in.Add(fault.Fault{Action: fault.RefuseConnection, Next: 2}); err != nil {
		t.Fatal(err)
	}
	got := fired(in, fault.Call{}, 1) + fired(in, fault.Call{Path: "/v1.0/groups"}, 1) + fired(in, fault.Call{}, 1)
	if got != "xx." {
		t.Errorf("fired %s, want xx.", got)
	}
}

func TestTheSameSeedHitsTheSameCalls(t *testing.T) {
	run := func(seed uint64) string {
		in := fault.New(seed, new(counter))
		if err := in.Add(fault.Fault{Action: fault.Garbage, Probability: 0.3}); err != nil {
			t.Fatal(err)
		}
		return fired(in, fault.Call{Path: "/v1.0/groups"}, 200)
	}
	if a, b := run(7), run(7); a != b {
		t.Errorf("seed 7 hit %s and then %s", a, b)
	}
	if a, b := run(7), run(8); a == b {
		t.Errorf("seeds 7 and 8 hit the same calls: %s", a)
	}
	if n := strings.Count(run(7), "x"); n < 40 || n > 80 {
		t.Errorf("hit %d of 200 calls with a probability of 0.3", n)
	}
}

func TestEndpoint(t *testing.T) {
	in := fault.New(1, new(counter))
	send := func(method, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		in.ServeHTTP(w, httptest.NewRequest(method, "/sim/faults", strings.NewReader(body)))
		return w
	}
	if w := send("POST", `[{"command":"New-MailContact","after":1,"next":2,"action":"reset_after"}]`); w.Code != http.StatusNoContent {
		t.Fatalf("POST: %d %s", w.Code, w.Body)
	}
	fired(in, fault.Call{Command: "New-MailContact", Path: "/adminapi/"}, 2)
	want := `[{"command":"New-MailContact","next":1,"action":"reset_after"}]` + "\n"
	if diff := cmp.Diff(want, send("GET", "").Body.String()); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	if w := send("POST", `[{"action":"explode"}]`); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "explode") {
		t.Errorf("POST of nonsense: %d %s", w.Code, w.Body)
	}
	if w := send("DELETE", ""); w.Code != http.StatusNoContent {
		t.Errorf("DELETE: %d", w.Code)
	}
	if got := send("GET", "").Body.String(); got != "[]\n" {
		t.Errorf("after DELETE there is %s", got)
	}
	if w := send("PUT", ""); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", w.Code)
	}
}
