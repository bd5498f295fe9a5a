package throttle_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/throttle"
)

// The prices are those of the table in Microsoft's throttling documentation.
func TestGraphPrices(t *testing.T) {
	tests := []struct{ method, target, units string }{
		{"GET", "/v1.0/contacts", "1"},
		{"GET", "/v1.0/contacts?$select=id&$top=999", "1"},
		{"GET", "/v1.0/groups/1/members", "3"},
		{"GET", "/v1.0/groups/1/members?$select=id&$top=999", "2"},
		{"GET", "/v1.0/groups/1/members?$top=5", "2"},
		{"GET", "/v1.0/groups/1/transitiveMembers", "5"},
		{"GET", "/v1.0/groups?$expand=members", "2"},
		{"GET", "/v1.0/users", "2"},
		{"POST", "/v1.0/directoryObjects/getByIds", "5"},
		{"POST", "/v1.0/directoryObjects/getByIds?$select=id", "2"},
		{"POST", "/v1.0/groups/1/members/$ref", "1"},
		{"DELETE", "/v1.0/groups/1/members/2/$ref", "1"},
	}
	l, _ := newLimiter(throttle.Limits{GraphUnits: 3500})
	h := l.Graph(done)
	for _, tt := range tests {
		if got := ask(h, "a", tt.method, tt.target).Header().Get("X-Ms-Resource-Unit"); got != tt.units {
			t.Errorf("%s %s costs %s units, want %s", tt.method, tt.target, got, tt.units)
		}
	}
}

func TestGraphUnits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, c := newLimiter(throttle.Limits{GraphUnits: 10})
		h := l.Graph(done)
		var got []string
		for range 11 {
			w := ask(h, "a", "GET", "/v1.0/contacts")
			got = append(got, w.Header().Get("X-Ms-Throttle-Limit-Percentage"))
		}
		if diff := cmp.Diff([]string{"", "", "", "", "", "", "", "", "0.90", "1.00", "1.00"}, got); diff != "" {
			t.Errorf("share in use (-want +got):\n%s", diff)
		}

		w := ask(h, "a", "GET", "/v1.0/contacts")
		var body struct{ Error struct{ Code string } }
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("the refusal is not JSON: %v", err)
		}
		if w.Code != 429 || body.Error.Code != "TooManyRequests" || w.Header().Get("Retry-After") != "1" ||
			w.Header().Get("X-Ms-Throttle-Information") != "ResourceUnitLimitExceeded" ||
			w.Header().Get("X-Ms-Throttle-Scope") != "Tenant_Application/Read/a" {
			t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
		}
		time.Sleep(time.Second)
		if w := ask(h, "a", "GET", "/v1.0/contacts"); w.Code != 200 {
			t.Errorf("after Retry-After: %d", w.Code)
		}
		if c.n.Load() != 2 {
			t.Errorf("counted %d refusals, want 2", c.n.Load())
		}
	})
}

func TestGraphWritesHaveTheirOwnBudget(t *testing.T) {
	l, _ := newLimiter(throttle.Limits{GraphWrites: 1})
	h := l.Graph(done)
	ask(h, "a", "POST", "/v1.0/invitations")
	w := ask(h, "a", "POST", "/v1.0/invitations")
	if w.Code != 429 || w.Header().Get("X-Ms-Throttle-Information") != "WriteLimitExceeded" {
		t.Errorf("second write: %d %v", w.Code, w.Header())
	}
	if w := ask(h, "a", "GET", "/v1.0/contacts"); w.Code != 200 {
		t.Errorf("a read: %d", w.Code)
	}
	if w := ask(h, "a", "POST", "/v1.0/directoryObjects/getByIds"); w.Code != 200 {
		t.Errorf("getByIds is a read, but got %d", w.Code)
	}
}
