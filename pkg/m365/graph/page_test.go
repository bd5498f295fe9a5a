package graph

import (
	"errors"
	"strings"
	"testing"

	abs "github.com/microsoft/kiota-abstractions-go"

	"github.com/google/go-cmp/cmp"
)

func ids(contacts []Contact) string {
	var all []string
	for _, c := range contacts {
		all = append(all, c.ID)
	}
	return strings.Join(all, " ")
}

func TestPagesFollowOneAnother(t *testing.T) {
	s := newServer(t,
		replyWithLink(`{"id":"1"},{"id":"2"}`, "$skiptoken=a%20b"),
		replyWithLink(``, "$skiptoken=empty"),
		reply(200, `{"value":[{"id":"3"}]}`))
	got, err := list(s.client(t).Contacts(t.Context()))
	if err != nil || ids(got) != "1 2 3" {
		t.Errorf("got %s, %v", ids(got), err)
	}
	sent := s.requests()
	if len(sent) != 3 || !cmp.Equal(sent[1].query, map[string][]string{"$skiptoken": {"a b"}}) {
		t.Errorf("sent %+v", sent)
	}
}

func TestHeadersGoWithEachPage(t *testing.T) {
	s := newServer(t, replyWithLink(`{"id":"1"}`, "$skiptoken=a"), reply(200, `{"value":[]}`))
	c := s.client(t)
	first := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.GET, "{+baseurl}/contacts", c.root())
	first.Headers.Add("ConsistencyLevel", "eventual")
	if _, err := all[Contact](t.Context(), c, first); err != nil {
		t.Fatal(err)
	}
	for i, sent := range s.requests() {
		if got := sent.header.Values("ConsistencyLevel"); !cmp.Equal(got, []string{"eventual"}) {
			t.Errorf("page %d: ConsistencyLevel %q", i+1, got)
		}
		if got := sent.header.Values("client-request-id"); len(got) != 1 {
			t.Errorf("page %d: client-request-id %q", i+1, got)
		}
	}
}

func TestEachPageAsksForAToken(t *testing.T) {
	// The SDK keeps the first token in the request's headers, which would go stale in a long list.
	s := newServer(t, replyWithLink(`{"id":"1"}`, "$skiptoken=a"), reply(503, ``), reply(200, `{"value":[]}`))
	if _, err := list(s.client(t).Contacts(t.Context())); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Bearer token-1", "Bearer token-2", "Bearer token-3"} {
		if got := s.requests()[i].header.Get("Authorization"); got != want {
			t.Errorf("request %d: %q, want %q", i+1, got, want)
		}
	}
}

func TestPagesThatCannotBeTrusted(t *testing.T) {
	elsewhere := newServer(t, reply(200, `{"value":[]}`))
	tests := []struct {
		name  string
		reply string
		want  string
	}{
		{"a link to another server", `{"value":[{"id":"1"}],"@odata.nextLink":"` + elsewhere.URL + `/v1.0/contacts?$skiptoken=a"}`, "another server"},
		{"a link that is none", `{"value":[{"id":"1"}],"@odata.nextLink":"https://[x"}`, "can't be read"},
		{"no list", `{"id":"1"}`, "holds no list"},
		{"null for a list", `{"value":null}`, "holds no list"},
		{"another type", `{"value":[{"id":1}]}`, "can't be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, reply(200, tt.reply))
			_, err := list(s.client(t).Contacts(t.Context()))
			if !errors.Is(err, ErrUnexpectedAnswer) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if n := len(s.requests()); n != 1 {
				t.Errorf("sent %d requests", n)
			}
		})
	}
	if n := len(elsewhere.requests()); n != 0 {
		t.Errorf("the token went to another server %d times", n)
	}
}

func TestLinksInACircle(t *testing.T) {
	s := newServer(t, replyWithLink(`{"id":"1"}`, "$skiptoken=a"), replyWithLink(`{"id":"2"}`, "$skiptoken=b"), replyWithLink(`{"id":"3"}`, "$skiptoken=a"))
	var got []string
	var err error
	for contact, failure := range s.client(t).Contacts(t.Context()) {
		if err = failure; err != nil || len(got) > 10 {
			break
		}
		got = append(got, contact.ID)
	}
	if !errors.Is(err, ErrUnexpectedAnswer) || strings.Join(got, " ") != "1 2 3" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAFailedPageIsNotTheEnd(t *testing.T) {
	s := newServer(t, replyWithLink(`{"id":"1"}`, "$skiptoken=a"), reply(500, `{"error":{"code":"UnknownError","message":""}}`))
	got, err := list(s.client(t).Contacts(t.Context()))
	if !errors.Is(err, ErrUnavailable) || ids(got) != "1" {
		t.Errorf("got %s, %v", ids(got), err)
	}
}

func TestStoppingEarlyAsksForNoMorePages(t *testing.T) {
	s := newServer(t, replyWithLink(`{"id":"1"},{"id":"2"}`, "$skiptoken=a"))
	for contact, err := range s.client(t).Contacts(t.Context()) {
		if err != nil || contact.ID != "1" {
			t.Fatalf("got %+v, %v", contact, err)
		}
		break
	}
	if n := len(s.requests()); n != 1 {
		t.Errorf("sent %d requests", n)
	}
}
