package contract_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func batchClaims() []claim {
	return []claim{
		{"E5 items have absolute URLs, headers of their own and a body; answers have id, status, headers and body", func(t *testing.T, w *wire) {
			got, _ := w.batch(t, item("a", "Get-AcceptedDomain", nil))
			if a := got["a"]; a.Status != 200 || a.Headers["Request-Id"] == "" || !strings.Contains(string(a.Body), "contoso.example") {
				t.Errorf("got %+v", a)
			}
		}},
		{"E5 the answers come in no promised order", func(t *testing.T, w *wire) {
			var items []map[string]any
			for i := range 10 {
				items = append(items, item(fmt.Sprint(i), "Get-AcceptedDomain", nil))
			}
			got, order := w.batch(t, items...)
			if len(got) != 10 || slices.IsSorted(order) {
				t.Errorf("%d answers in the order %v", len(got), order)
			}
		}},
		{"E5 a failed item has the usual error in its body, and the batch is 200", func(t *testing.T, w *wire) {
			got, _ := w.batch(t, item("bad", "Get-Recipient", args{"Identity": "X"}), item("good", "Get-AcceptedDomain", nil))
			if got["good"].Status != 200 || got["bad"].Status != 404 || !strings.Contains(string(got["bad"].Body), `"message":"Ex6F9304|`) {
				t.Errorf("got %+v", got)
			}
		}},
		{"E5 an item that succeeded with no output has nothing in its body", func(t *testing.T, w *wire) {
			got, _ := w.batch(t, item("quiet", "Set-Contact", args{"Identity": "Old Supplier", "Company": "Adatum"}))
			if a := got["quiet"]; a.Status != 200 || a.Body != nil {
				t.Errorf("got %+v", a)
			}
		}},
		{"E5 a nextLink in an item is followed by the same item with the link as its URL", func(t *testing.T, w *wire) {
			listing := item("page", "Get-MailContact", nil)
			first, _ := w.batch(t, listing)
			var page struct {
				Next string `json:"@odata.nextLink"`
			}
			if err := json.Unmarshal(first["page"].Body, &page); err != nil {
				t.Fatal(err)
			}
			listing["url"] = page.Next
			if second, _ := w.batch(t, listing); second["page"].Status != 200 || strings.Contains(string(second["page"].Body), "nextLink") {
				t.Errorf("the second page: %d %.200s", second["page"].Status, second["page"].Body)
			}
		}},
		{"E5 a throttled item is 429 alone, and one may be missing from the answer", func(t *testing.T, w *wire) {
			w.order(t, `[{"command":"Get-Recipient","action":"status","status":429,"headers":{"Retry-After":"2"}},{"command":"Get-OrganizationConfig","action":"reset_before"}]`)
			got, _ := w.batch(t, item("1", "Get-Recipient", nil), item("2", "Get-OrganizationConfig", nil), item("3", "Get-AcceptedDomain", nil))
			if len(got) != 2 || got["1"].Status != 429 || got["1"].Headers["Retry-After"] != "2" || got["3"].Status != 200 {
				t.Errorf("got %+v", got)
			}
		}},
		{"E5 a batch may be throttled as a whole", func(t *testing.T, w *wire) {
			w.order(t, `[{"path":"/adminapi/beta/`+w.tenantID()+`/$batch","action":"status","status":429}]`)
			w.sendBatch(t, item("1", "Get-AcceptedDomain", nil)).want(t, 429)
		}},
	}
}

// item is a batch item in the form that was observed.
func item(id, cmdlet string, parameters args) map[string]any {
	return map[string]any{
		"id": id, "method": "POST",
		"url": "https://outlook.office365.com/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand?",
		"headers": map[string]any{
			"X-CmdletName": cmdlet, "parameter-based-routing": true,
			"X-AnchorMailbox": "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@contoso.onmicrosoft.com",
			"Prefer":          "odata.maxpagesize = 1000;odata.continue-on-error",
			"Accept":          "application/json; odata.metadata=minimal", "Accept-Encoding": "gzip",
		},
		"body": command(cmdlet, parameters),
	}
}

type itemAnswer struct {
	ID      string
	Status  int
	Headers map[string]string
	Body    json.RawMessage
}

func (w *wire) sendBatch(t *testing.T, items ...map[string]any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"requests": items})
	if err != nil {
		t.Fatal(err)
	}
	return w.send(t, "POST", "/adminapi/beta/"+w.tenantID()+"/$batch", body, w.exchange(t), header("Content-Type", "application/json; charset=utf-8"))
}

// batch returns the items' answers by id, and the order in which they came.
func (w *wire) batch(t *testing.T, items ...map[string]any) (map[string]itemAnswer, []string) {
	t.Helper()
	a := w.sendBatch(t, items...)
	a.want(t, 200)
	var in struct{ Responses []itemAnswer }
	if err := json.Unmarshal(a.raw, &in); err != nil {
		t.Fatal(err)
	}
	byID := map[string]itemAnswer{}
	var order []string
	for _, r := range in.Responses {
		byID[r.ID] = r
		order = append(order, r.ID)
	}
	return byID, order
}
