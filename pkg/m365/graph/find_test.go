package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// batches answers each item of a $batch, last item first; a status of 0 leaves it out.
func batches(answer func(item batchItem) batchAnswer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var responses []batchAnswer
		for _, item := range itemsOf(r) {
			if a := answer(item); a.Status != 0 {
				a.ID = item.ID
				responses = append(responses, a)
			}
		}
		slices.Reverse(responses)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"responses": responses})
	}
}

func itemsOf(r *http.Request) []batchItem {
	var asked struct{ Requests []batchItem }
	text, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(text, &asked)
	return asked.Requests
}

func found(body string) batchAnswer { return batchAnswer{Status: 200, Body: json.RawMessage(body)} }

func addresses(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("p%d@x.example", i))
	}
	return all
}

func TestFind(t *testing.T) {
	const ana = `{"id":"1","mail":"ana@x.example","proxyAddresses":["SMTP:ana@x.example","smtp:o'neil@x.example"]}`
	const bob = `{"id":"2","mail":"new@x.example","proxyAddresses":["SMTP:new@x.example","smtp:Bob@x.example"]}`
	const stranger = `{"id":"3","mail":"other@x.example"}`
	var filters []string
	s := newServer(t, batches(func(item batchItem) batchAnswer {
		u, err := url.Parse(item.URL)
		if err != nil || u.Path != "/contacts" || strings.Contains(item.URL, "+") {
			t.Errorf("asked for %s", item.URL)
		}
		filters = append(filters, u.Query().Get("$filter"))
		if strings.HasPrefix(filters[len(filters)-1], "mail") {
			return found(`{"value":[` + ana + `]}`)
		}
		return found(`{"value":[` + ana + `,` + bob + `,` + stranger + `]}`)
	}))
	got, err := s.client(t).Find(t.Context(), Contacts, []string{"o'neil@x.example", "bob@X.example"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"mail in ('o''neil@x.example','bob@X.example')",
		"proxyAddresses/any(p:p eq 'smtp:o''neil@x.example') or proxyAddresses/any(p:p eq 'smtp:bob@X.example')",
	}
	if diff := cmp.Diff(want, filters); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
	if len(got) != 2 || got[0].ID != "1" || got[1].ID != "2" {
		t.Errorf("found %+v", got)
	}
}

func TestFindRequests(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 15: 1, 150: 1, 151: 2, 5000: 34} {
		if got := FindRequests(n); got != want {
			t.Errorf("%d addresses: %d, want %d", n, got, want)
		}
		s := newServer(t, batches(func(batchItem) batchAnswer { return found(`{"value":[]}`) }))
		if _, err := s.client(t).Find(t.Context(), Users, addresses(n)); err != nil || len(s.requests()) != want {
			t.Errorf("%d addresses: sent %d requests, %v", n, len(s.requests()), err)
		}
	}
}

// Items that were throttled, or had no answer, go again, and they alone.
func TestItemsGoAgain(t *testing.T) {
	var sent [][]string
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		round := len(sent)
		sent = append(sent, nil)
		batches(func(item batchItem) batchAnswer {
			sent[round] = append(sent[round], item.ID)
			switch {
			case round == 0 && item.ID == "1":
				return batchAnswer{Status: 429, Headers: map[string]string{"retry-after": "0.001"}}
			case round == 0 && item.ID == "2":
				return batchAnswer{}
			}
			return found(`{"value":[{"id":"` + item.ID + `","mail":"p0@x.example"}]}`)
		})(w, r)
	})
	got, err := s.client(t).Find(t.Context(), Contacts, addresses(30))
	if diff := cmp.Diff([][]string{{"0", "1", "2", "3"}, {"1", "2"}}, sent); diff != "" || err != nil {
		t.Errorf("%v, sent (-want +got):\n%s", err, diff)
	}
	if len(got) != 4 {
		t.Errorf("found %+v", got)
	}
}

func TestFindFails(t *testing.T) {
	tests := []struct {
		name  string
		reply http.HandlerFunc
		want  error
		sent  int
	}{
		{"an item is refused", batches(func(item batchItem) batchAnswer {
			if item.ID == "1" {
				return batchAnswer{Status: 403, Body: json.RawMessage(errorBody("Authorization_RequestDenied", "Insufficient privileges."))}
			}
			return batchAnswer{Status: 429}
		}), ErrForbidden, 1},
		{"an item is throttled for ever", batches(func(batchItem) batchAnswer { return batchAnswer{Status: 429} }), ErrThrottled, 3},
		{"no answer to an item", batches(func(batchItem) batchAnswer { return batchAnswer{} }), ErrUnavailable, 3},
		{"the service fails", reply(502, ``), ErrUnavailable, 3},
		{"not a batch", reply(200, `[]`), ErrUnexpectedAnswer, 1},
		{"not a list", batches(func(batchItem) batchAnswer { return found(`{"id":"1"}`) }), ErrUnexpectedAnswer, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, tt.reply)
			got, err := s.client(t).Find(t.Context(), Contacts, []string{"a@x.example"})
			if !errors.Is(err, tt.want) || got != nil {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
			if n := len(s.requests()); n != tt.sent {
				t.Errorf("sent %d requests, want %d", n, tt.sent)
			}
		})
	}
}

func TestFindReadsFurtherPages(t *testing.T) {
	s := newServer(t)
	s.replies = []http.HandlerFunc{
		batches(func(item batchItem) batchAnswer {
			if item.ID == "1" {
				return found(`{"value":[]}`)
			}
			return found(`{"value":[],"@odata.nextLink":"` + s.URL + `/v1.0/contacts?$skiptoken=a"}`)
		}),
		reply(200, `{"value":[{"id":"1","mail":"a@x.example"}]}`),
	}
	got, err := s.client(t).Find(t.Context(), Contacts, []string{"a@x.example"})
	if len(got) != 1 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestCount(t *testing.T) {
	s := newServer(t, reply(200, `{"@odata.count":1234,"value":[{"id":"1"}]}`), reply(200, `{"value":[]}`))
	c := s.client(t)
	if n, err := c.Count(t.Context(), Groups); n != 1234 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	sent := s.requests()[0]
	want := map[string][]string{"$count": {"true"}, "$select": {"id"}, "$top": {"1"}, "$filter": {"mailEnabled eq true"}}
	if diff := cmp.Diff(want, sent.query); diff != "" || sent.header.Get("ConsistencyLevel") != "eventual" {
		t.Errorf("sent %v (-want +got):\n%s", sent.header, diff)
	}
	if _, err := c.Count(t.Context(), Contacts); !errors.Is(err, ErrUnexpectedAnswer) {
		t.Errorf("no count: %v", err)
	}
}
