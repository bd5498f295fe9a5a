package graph_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/graph/openapi"
)

type item = map[string]any

func (t *tenant) batch(items ...item) map[string]item {
	t.Helper()
	got := t.send(http.MethodPost, "/$batch", map[string]any{"requests": items})
	if got.status != http.StatusOK {
		t.Fatalf("batch: %d %s", got.status, got.raw)
	}
	answers := map[string]item{}
	for _, answer := range got.body["responses"].([]any) {
		answer := answer.(item)
		answers[answer["id"].(string)] = answer
	}
	return answers
}

func TestBatch(t *testing.T) {
	tn := newTenant(t, nil)
	contact := tn.object("sales@adatum.example")
	answers := tn.batch(
		item{"id": "1", "method": "GET", "url": "/contacts/" + contact.ID.String()},
		item{"id": 2, "method": "GET", "url": "/v1.0/groups?$filter=mail eq 'partners@contoso.example'"},
		item{"id": "3", "method": "GET", "url": "contacts/" + contact.GUID.String()},
		item{"id": "4", "method": "GET", "url": "/contacts/$count", "headers": item{"ConsistencyLevel": "eventual"}},
		item{"id": "5", "method": "GET", "url": "/contacts", "dependsOn": []string{"3"}},
		item{"id": "6", "method": "GET", "url": "/contacts?$top=1", "dependsOn": []string{"1"}},
		item{"id": "7", "method": "GET", "url": "/$batch"},
	)
	want := map[string]float64{"1": 200, "2": 200, "3": 404, "4": 200, "5": 424, "6": 200, "7": 400}
	for id, status := range want {
		if answers[id]["status"] != status {
			t.Errorf("item %s: %v, want status %v", id, answers[id], status)
		}
	}
	if body := answers["1"]["body"].(item); body["mail"] != "sales@adatum.example" {
		t.Errorf("item 1 = %v", body)
	}
	if body := answers["6"]["body"].(item); !strings.HasPrefix(body["@odata.nextLink"].(string), "https://graph.microsoft.com/v1.0/contacts?") {
		t.Errorf("item 6 = %v", body)
	}
	if answers["4"]["body"] != "Mw==" {
		t.Errorf("item 4: body %v, want the number in base64", answers["4"]["body"])
	}
	if tn.stats != (counts{batches: 1, requests: 6}) {
		t.Errorf("counted %+v, want 1 batch and the 6 items that ran", tn.stats)
	}
}

// Items that don't depend on one another run side by side: here each waits until
// all have begun. One that does is begun when the other one is through.
func TestItemsRunSideBySide(t *testing.T) {
	var begun sync.WaitGroup
	begun.Add(3)
	var through atomic.Bool
	tn := newTenant(t, nil, func(_ *directory.Options, cfg *graphConfig) {
		cfg.Around = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/v1.0/users" {
					if !through.Load() {
						t.Error("the item was begun before the one that it depends on was through")
					}
					next.ServeHTTP(w, r)
					return
				}
				begun.Done()
				begun.Wait()
				next.ServeHTTP(w, r)
				if r.URL.Path == "/v1.0/contacts" {
					through.Store(true)
				}
			})
		}
	})
	answers := tn.batch(
		item{"id": "4", "method": "GET", "url": "/users", "dependsOn": []string{"1"}},
		item{"id": "1", "method": "GET", "url": "/contacts"},
		item{"id": "2", "method": "GET", "url": "/groups"},
		item{"id": "3", "method": "GET", "url": "/organization"},
	)
	if len(answers) != 4 || answers["4"]["status"] != 200.0 {
		t.Errorf("answers = %v", answers)
	}
}

func TestBatchRefused(t *testing.T) {
	tn := newTenant(t, nil)
	var many []item
	for i := range 21 {
		many = append(many, item{"id": strconv.Itoa(i), "method": "GET", "url": "/contacts"})
	}
	tn.wantError(tn.send("POST", "/$batch", item{"requests": many}), 400, "MaximumValueExceeded", "Number of batch request steps exceeds the maximum value of 20.")
	circle := []item{
		{"id": "1", "method": "GET", "url": "/contacts", "dependsOn": []string{"2"}},
		{"id": "2", "method": "GET", "url": "/contacts", "dependsOn": []string{"1"}},
	}
	for name, items := range map[string][]item{
		"nothing":         {},
		"ids alike":       {{"id": "a", "method": "GET", "url": "/contacts"}, {"id": "A", "method": "GET", "url": "/groups"}},
		"no url":          {{"id": "1", "method": "GET"}},
		"unknown depends": {{"id": "1", "method": "GET", "url": "/contacts", "dependsOn": []string{"9"}}},
		"circle":          circle,
	} {
		t.Run(name, func(t *testing.T) {
			tn.wantError(tn.send("POST", "/$batch", item{"requests": items}), 400, "BadRequest", "Invalid batch payload format.")
		})
	}
	tn.wantError(tn.get("/$batch"), 405, "Request_BadRequest", "Specified HTTP method")
}

// SDK clients compress bodies unasked.
func TestBatchCompressed(t *testing.T) {
	tn := newTenant(t, nil)
	zipped := func(r *http.Request) {
		var body bytes.Buffer
		w := gzip.NewWriter(&body)
		_, _ = io.Copy(w, r.Body)
		_ = w.Close()
		r.Body = io.NopCloser(&body)
		r.Header.Set("Content-Encoding", "gzip")
	}
	content := item{"requests": []item{{"id": "1", "method": "GET", "url": "/contacts"}}}
	if got := tn.send("POST", "/$batch", content, zipped); got.status != http.StatusOK {
		t.Errorf("compressed: %d %s", got.status, got.raw)
	}
	tn.wantError(tn.send("POST", "/$batch", content, header("Content-Encoding", "gzip")), 400, "BadRequest", "Unable to read JSON request payload.")
	tn.wantError(tn.send("POST", "/$batch", content, header("Content-Type", "text/plain")), 400, "BadRequest", "Unable to read JSON request payload.")
}

// What is put around requests acts on the items one by one: a refused item is
// refused alone, and one whose connection broke has no answer.
func TestAround(t *testing.T) {
	tn := newTenant(t, nil, func(_ *directory.Options, cfg *graphConfig) {
		cfg.Around = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/v1.0/groups":
					w.Header().Set("Retry-After", "0.249")
					w.WriteHeader(http.StatusTooManyRequests)
				case "/v1.0/organization":
					panic(http.ErrAbortHandler)
				default:
					next.ServeHTTP(w, r)
				}
			})
		}
	})
	answers := tn.batch(
		item{"id": "1", "method": "GET", "url": "/contacts"},
		item{"id": "2", "method": "GET", "url": "/groups"},
		item{"id": "3", "method": "GET", "url": "/organization"},
	)
	if tn.stats.requests != 3 {
		t.Errorf("counted %d requests, want all 3", tn.stats.requests)
	}
	if len(answers) != 2 || answers["1"]["status"] != 200.0 || answers["2"]["status"] != 429.0 {
		t.Fatalf("answers = %v", answers)
	}
	if headers := answers["2"]["headers"].(item); headers["Retry-After"] != "0.249" {
		t.Errorf("headers of the refused item = %v", headers)
	}
}

func BenchmarkPage(b *testing.B) {
	seed := directory.DefaultSeed()
	for i := range 5000 {
		address := "person" + strconv.Itoa(i) + "@fabrikam.example"
		seed.Contacts = append(seed.Contacts, directory.SeedContact{Name: address, DisplayName: "Person " + strconv.Itoa(i), Email: address})
	}
	tn := newTenant(b, seed)
	tn.spec = &openapi.Specification{}
	for name, target := range map[string]string{
		"999 contacts":       "/contacts?$top=999&$select=id,displayName,mail,proxyAddresses",
		"one by its address": "/contacts?$filter=mail eq 'person4000@fabrikam.example'",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got := tn.get(target); !json.Valid(got.raw) {
					b.Fatal(got.status)
				}
			}
		})
	}
}
