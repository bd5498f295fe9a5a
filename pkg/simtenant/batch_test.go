package simtenant_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/fault"
	"enlist/pkg/simtenant/throttle"
)

// Items of a batch meet faults and limits one by one; the batch itself is 200.
func TestFaultsInABatch(t *testing.T) {
	srv := start(t, simtenant.Config{})
	a := newAdmin(t, srv)
	err := srv.Inject(
		fault.Fault{Command: "Get-AcceptedDomain", Action: fault.Status, Status: 429, Headers: map[string]string{"Retry-After": "2"}},
		fault.Fault{Command: "Get-OrganizationConfig", Action: fault.ResetBefore},
	)
	if err != nil {
		t.Fatal(err)
	}
	got := a.batch(t, "Get-Recipient", "Get-AcceptedDomain", "Get-OrganizationConfig")
	if diff := cmp.Diff(map[string]int{"0": 200, "1": 429}, got); diff != "" {
		t.Errorf("items by id (-want +got):\n%s", diff)
	}
	if s := srv.Stats(); s.Batches != 1 || s.Faults != 2 {
		t.Errorf("counted %d batches and %d faults, want 1 and 2", s.Batches, s.Faults)
	}
}

func TestLimitsCountTheItemsOfABatch(t *testing.T) {
	srv := start(t, simtenant.Config{Limits: throttle.Limits{Rate: 0.001, Burst: 2}})
	got := newAdmin(t, srv).batch(t, "Get-AcceptedDomain", "Get-AcceptedDomain", "Get-AcceptedDomain", "Get-AcceptedDomain")
	statuses := map[int]int{}
	for _, status := range got {
		statuses[status]++
	}
	if diff := cmp.Diff(map[int]int{200: 2, 429: 2}, statuses); diff != "" {
		t.Errorf("items by status (-want +got):\n%s", diff)
	}
	if s := srv.Stats(); s.Throttled != 2 || s.Requests != 1 {
		t.Errorf("counted %d throttled calls in %d requests, want 2 in 1", s.Throttled, s.Requests)
	}
}

// batch sends commands without parameters and returns the items' statuses.
func (a *admin) batch(t *testing.T, cmdlets ...string) map[string]int {
	t.Helper()
	var requests []map[string]any
	for i, cmdlet := range cmdlets {
		requests = append(requests, map[string]any{
			"id": fmt.Sprint(i), "method": "POST", "url": a.url("InvokeCommand"),
			"headers": map[string]string{"X-CmdletName": cmdlet, "X-AnchorMailbox": a.header.Get("X-AnchorMailbox")},
			"body":    input(cmdlet, map[string]any{}),
		})
	}
	body, err := json.Marshal(map[string]any{"requests": requests})
	if err != nil {
		t.Fatal(err)
	}
	status, answer := do(t, a.client, "POST", a.url("$batch"), string(body), a.header.Clone())
	var parsed batchAnswer
	if err := json.Unmarshal(answer, &parsed); err != nil || status != http.StatusOK {
		t.Fatalf("batch: %d %s", status, answer)
	}
	return parsed.statuses()
}

// batchAnswer is what both APIs answer to a $batch.
type batchAnswer struct {
	Responses []struct {
		ID     string
		Status int
	}
}

func (b batchAnswer) statuses() map[string]int {
	byID := map[string]int{}
	for _, item := range b.Responses {
		byID[item.ID] = item.Status
	}
	return byID
}

// Graph's batches are treated alike.
func TestFaultsInAGraphBatch(t *testing.T) {
	srv := start(t, simtenant.Config{})
	c := clientOf(t, srv)
	if err := srv.Inject(fault.Fault{Path: "/v1.0/groups", Action: fault.Status, Status: 503}); err != nil {
		t.Fatal(err)
	}
	header := http.Header{
		"Authorization": {"Bearer " + token(t, c, srv, "https://graph.microsoft.com")},
		"Content-Type":  {"application/json"},
	}
	status, body := do(t, c, "POST", srv.URL()+"/v1.0/$batch",
		`{"requests":[{"id":"c","method":"GET","url":"/contacts"},{"id":"g","method":"GET","url":"/groups"}]}`, header)
	var parsed batchAnswer
	if err := json.Unmarshal(body, &parsed); err != nil || status != http.StatusOK {
		t.Fatalf("batch: %d %s", status, body)
	}
	if diff := cmp.Diff(map[string]int{"c": 200, "g": 503}, parsed.statuses()); diff != "" {
		t.Errorf("items by id (-want +got):\n%s", diff)
	}
	if s := srv.Stats(); s.Batches != 1 || s.Graph != 2 || s.Requests != 1 {
		t.Errorf("counted %d batches, %d Graph requests, %d requests; want 1, 2, 1", s.Batches, s.Graph, s.Requests)
	}
}
