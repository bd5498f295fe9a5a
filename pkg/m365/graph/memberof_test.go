package graph

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMemberOf(t *testing.T) {
	s := newServer(t)
	s.replies = []http.HandlerFunc{
		batches(func(item batchItem) batchAnswer {
			u, err := url.Parse(item.URL)
			if err != nil || u.Query().Get("$select") != "id" || u.Query().Get("$top") != "999" {
				t.Errorf("asked for %s", item.URL)
			}
			switch u.Path {
			case "/contacts/a/memberOf":
				return found(`{"value":[{"@odata.type":"#microsoft.graph.group","id":"1"}],"@odata.nextLink":"` + s.URL + `/v1.0/contacts/a/memberOf?$skiptoken=x"}`)
			case "/contacts/b/memberOf":
				return found(`{"value":[]}`)
			}
			return found(`{"value":[{"id":"1"},{"id":"3"}]}`)
		}),
		reply(200, `{"value":[{"id":"2"}]}`),
	}
	got, err := s.client(t).MemberOf(t.Context(), Contacts, "a", "b", "c")
	if diff := cmp.Diff([][]string{{"1", "2"}, nil, {"1", "3"}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestMemberOfRequests(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 20: 1, 21: 2, 500: 25} {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = strconv.Itoa(i)
		}
		s := newServer(t, batches(func(item batchItem) batchAnswer {
			return found(`{"value":[{"id":"group of ` + strings.Split(item.URL, "/")[2] + `"}]}`)
		}))
		of, err := s.client(t).MemberOf(t.Context(), Users, ids...)
		if sent := len(s.requests()); err != nil || sent != want || MemberOfRequests(n) != want {
			t.Errorf("%d users: sent %d requests, foreseen %d, want %d; %v", n, sent, MemberOfRequests(n), want, err)
		}
		for i, groups := range of {
			if len(groups) != 1 || groups[0] != "group of "+ids[i] {
				t.Errorf("user %d is in %v", i, groups)
			}
		}
	}
}

func TestMemberOfFails(t *testing.T) {
	s := newServer(t, batches(func(batchItem) batchAnswer {
		return batchAnswer{Status: 404, Body: json.RawMessage(errorBody("Request_ResourceNotFound", "Resource 'a' does not exist."))}
	}))
	if got, err := s.client(t).MemberOf(t.Context(), Contacts, "a"); !errors.Is(err, ErrNotFound) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestCountMembers(t *testing.T) {
	var asked []string
	s := newServer(t, batches(func(item batchItem) batchAnswer {
		u, _ := url.Parse(item.URL)
		asked = append(asked, u.Path)
		if item.Headers["ConsistencyLevel"] != "eventual" || u.Query().Get("$count") != "true" || u.Query().Get("$top") != "1" {
			t.Errorf("asked for %s with %v", item.URL, item.Headers)
		}
		place, _ := strconv.Atoi(item.ID)
		return found(`{"@odata.count":` + strconv.Itoa(10-place) + `,"value":[]}`)
	}))
	got, err := s.client(t).CountMembers(t.Context(), "a", "b")
	if diff := cmp.Diff([]MemberCount{{10, 9}, {8, 7}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	want := []string{"/groups/a/members", "/groups/a/members/microsoft.graph.orgContact", "/groups/b/members", "/groups/b/members/microsoft.graph.orgContact"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestMembersWithoutACount(t *testing.T) {
	s := newServer(t, batches(func(batchItem) batchAnswer { return found(`{"value":[]}`) }))
	if got, err := s.client(t).CountMembers(t.Context(), "a"); !errors.Is(err, ErrUnexpectedAnswer) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
