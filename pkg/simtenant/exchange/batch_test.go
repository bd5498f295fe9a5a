package exchange_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/exchange"
)

// item is a $batch item in the form that was observed.
func item(id, cmdlet string, parameters args) map[string]any {
	return map[string]any{
		"id": id, "method": "POST",
		"url": "https://outlook.office365.com/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand?",
		"headers": map[string]any{
			"X-CmdletName": cmdlet, "X-AnchorMailbox": anchor, "parameter-based-routing": true,
			"Prefer": "odata.maxpagesize = 1000;odata.continue-on-error",
		},
		"body": map[string]any{"CmdletInput": map[string]any{"CmdletName": cmdlet, "Parameters": parameters}},
	}
}

type itemAnswer struct {
	ID      string
	Status  int
	Headers map[string]string
	Body    json.RawMessage
}

// sendBatch returns the items' answers by id, and the order in which they came.
func (sim *tenant) sendBatch(items ...map[string]any) (map[string]itemAnswer, []string) {
	sim.t.Helper()
	body, err := json.Marshal(map[string]any{"requests": items})
	if err != nil {
		sim.t.Fatal(err)
	}
	a := sim.send(http.MethodPost, sim.srv.URL+"/adminapi/beta/contoso.onmicrosoft.com/$batch", body)
	if a.status != http.StatusOK {
		sim.t.Fatalf("batch: %d %s", a.status, a.raw)
	}
	var out struct{ Responses []itemAnswer }
	if err := json.Unmarshal(a.raw, &out); err != nil {
		sim.t.Fatal(err)
	}
	byID := map[string]itemAnswer{}
	var order []string
	for _, r := range out.Responses {
		byID[r.ID] = r
		order = append(order, r.ID)
	}
	return byID, order
}

func TestBatchItemsHaveTheirOwnStatus(t *testing.T) {
	sim := newTenant(t, options{})
	got, _ := sim.sendBatch(
		item("a", "Add-DistributionGroupMember", bypassed.and(args{"Identity": "News", "Member": "ada@contoso.example"})),
		item("b", "Add-DistributionGroupMember", bypassed.and(args{"Identity": "Partners", "Member": "ada@contoso.example"})),
		item("c", "Get-Nonsense", args{}),
		item("d", "Set-Contact", args{"Identity": "Old Supplier", "Company": "Adatum"}),
		item("e", "Get-MailContact", args{"ResultSize": 1}),
	)
	for id, want := range map[string]int{"a": 200, "b": 400, "c": 403, "d": 200, "e": 200} {
		if got[id].Status != want {
			t.Errorf("item %s: status %d, want %d\n%s", id, got[id].Status, want, got[id].Body)
		}
	}
	if !strings.Contains(string(got["b"].Body), "MemberAlreadyExistsException") {
		t.Errorf("item b: %s", got["b"].Body)
	}
	if got["d"].Body != nil {
		t.Errorf("item d has the body %s, want none", got["d"].Body)
	}
	if !strings.Contains(string(got["e"].Body), "%24skiptoken=") {
		t.Errorf("item e has no nextLink: %s", got["e"].Body)
	}
}

func TestBatchPromisesNoOrder(t *testing.T) {
	sim := newTenant(t, options{})
	items := make([]map[string]any, 10)
	sent := make([]string, 10)
	for i := range items {
		sent[i] = fmt.Sprint(i)
		items[i] = item(sent[i], "Get-OrganizationConfig", args{})
	}
	_, order := sim.sendBatch(items...)
	if slices.Equal(order, sent) {
		t.Error("the answers came in the order of the items")
	}
	slices.Sort(order)
	if !slices.Equal(order, sent) {
		t.Errorf("answers %v", order)
	}
}

func TestBatchIsRefusedAsAWhole(t *testing.T) {
	eleven := make([]map[string]any, 11)
	for i := range eleven {
		eleven[i] = item(fmt.Sprint(i), "Get-OrganizationConfig", args{})
	}
	one := item("1", "Get-OrganizationConfig", args{})
	cases := map[string]any{
		"too many items": map[string]any{"requests": eleven},
		"one id twice":   map[string]any{"requests": []any{one, one}},
		"no items":       map[string]any{"requests": []any{}},
		"no JSON object": "requests",
	}
	for name, body := range cases {
		t.Run(name, func(t *testing.T) {
			sim := newTenant(t, options{})
			raw, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			if a := sim.send("POST", sim.srv.URL+"/adminapi/beta/contoso.onmicrosoft.com/$batch", raw); a.status != 400 || a.Error == nil {
				t.Errorf("%d %s, want 400 with an error", a.status, a.raw)
			}
		})
	}
}

func TestBatchNeedsASignIn(t *testing.T) {
	sim := newTenant(t, options{exchange: exchange.Options{Authenticate: as()}})
	if a := sim.send("POST", sim.srv.URL+"/adminapi/beta/contoso.onmicrosoft.com/$batch", []byte(`{"requests":[]}`)); a.status != 401 {
		t.Errorf("status %d, want 401", a.status)
	}
}

// Section 5: one item 429, and an item missing from the answer.
func TestWrapActsOnItems(t *testing.T) {
	var n atomic.Int32
	wrap := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch n.Add(1) {
			case 2:
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(http.StatusTooManyRequests)
			case 3:
				panic(http.ErrAbortHandler)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
	sim := newTenant(t, options{exchange: exchange.Options{Wrap: wrap, BatchInOrder: true}})
	got, _ := sim.sendBatch(
		item("1", "Get-OrganizationConfig", args{}),
		item("2", "Get-OrganizationConfig", args{}),
		item("3", "Get-OrganizationConfig", args{}),
	)
	if len(got) != 2 || got["1"].Status != 200 || got["2"].Status != 429 || got["2"].Headers["Retry-After"] != "7" {
		t.Errorf("answers %v", got)
	}
}

type counts struct {
	commands []string
	batches  int
}

func (c *counts) Command(name string) { c.commands = append(c.commands, name) }
func (c *counts) Batch()              { c.batches++ }

func TestStatsCountItems(t *testing.T) {
	var c counts
	sim := newTenant(t, options{exchange: exchange.Options{Stats: &c, BatchInOrder: true}})
	sim.must("get-organizationconfig", nil)
	sim.sendBatch(item("1", "Get-AcceptedDomain", args{}), item("2", "Get-Recipient", args{}))
	want := counts{commands: []string{"Get-OrganizationConfig", "Get-AcceptedDomain", "Get-Recipient"}, batches: 1}
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(counts{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
