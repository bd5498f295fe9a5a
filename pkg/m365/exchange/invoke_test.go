package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"enlist/pkg/m365/pace"
)

var (
	ok        = say(200, "")
	busy      = say(429, "", "Retry-After", "0.001")
	broken    = say(500, "")
	timedOut  = say(504, "")
	nameTaken = say(500, cmdletError(`Ex55FBCD|T|There are multiple recipients matching identity "X".`))
	aadBusy   = say(400, cmdletError(aadFailed+"The issue may be transient."))
)

func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"value":[`)
}

func TestWhatIsRepeated(t *testing.T) {
	tests := []struct {
		name    string
		effect  Effect
		answers []http.HandlerFunc
		want    error // nil for success
		tries   int
	}{
		{"throttled, even a create", Once, []http.HandlerFunc{busy, busy, ok}, nil, 3},
		{"unavailable, even a create", Once, []http.HandlerFunc{say(503, ""), ok}, nil, 2},
		{"throttled for too long", Once, []http.HandlerFunc{busy}, ErrThrottled, 3},
		{"broken while reading", Read, []http.HandlerFunc{hangUp, cutOff, ok}, nil, 3},
		{"broken while setting", Repeatable, []http.HandlerFunc{hangUp, timedOut, ok}, nil, 3},
		{"broken while creating", Once, []http.HandlerFunc{hangUp}, ErrUncertain, 1},
		{"answer to a create cut off", Once, []http.HandlerFunc{cutOff}, ErrUncertain, 1},
		{"create timed out at the gateway", Once, []http.HandlerFunc{timedOut}, ErrUncertain, 1},
		{"create failed without a reason", Once, []http.HandlerFunc{broken}, ErrUncertain, 1},
		{"answer to a create not understood", Once, []http.HandlerFunc{say(200, "{")}, ErrUncertain, 1},
		{"setting never came through", Repeatable, []http.HandlerFunc{timedOut, busy}, ErrUncertain, 3},
		{"500 for a reason that stays", Once, []http.HandlerFunc{nameTaken}, ErrNameInUse, 1},
		{"Entra write is tried twice", Repeatable, []http.HandlerFunc{aadBusy}, ErrNotReplicated, 2},
		{"final error", Repeatable, []http.HandlerFunc{say(403, "")}, ErrForbidden, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, tt.answers...)
			name := map[Effect]string{Once: "New-MailContact", Repeatable: "Set-Contact", Read: "Get-Recipient"}[tt.effect]
			_, err := s.client(t).Invoke(t.Context(), Command{Name: name, Effect: tt.effect})
			if !errors.Is(err, tt.want) {
				t.Errorf("Invoke = %v, want %v", err, tt.want)
			}
			if len(s.requests) != tt.tries {
				t.Errorf("%d requests, want %d", len(s.requests), tt.tries)
			}
		})
	}
}

// Over HTTP/1.1 a broken connection looks different to net/http, which has a
// retry of its own for requests that it takes for repeatable.
func TestCreateIsNotRepeatedOverHTTP1(t *testing.T) {
	s := newServer(t, ok, hangUp)
	c := s.client(t, func(o *Options) {
		transport := s.Server.Client().Transport.(*http.Transport).Clone()
		transport.Protocols = new(http.Protocols)
		transport.Protocols.SetHTTP1(true)
		transport.TLSClientConfig.NextProtos = nil
		o.HTTP = &http.Client{Transport: transport}
	})
	create := Command{Name: "New-MailContact"}
	if _, err := c.Invoke(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Invoke(t.Context(), create); !errors.Is(err, ErrUncertain) {
		t.Errorf("Invoke = %v, want ErrUncertain", err)
	}
	if got := s.requests[1]; len(s.requests) != 2 || got.ProtoMajor != 1 {
		t.Errorf("%d requests, the second over %s; want 2 over HTTP/1.1", len(s.requests), got.Proto)
	}
}

func TestReadIsNeverUncertain(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{"connection broken": hangUp, "gateway timeout": timedOut} {
		_, err := newServer(t, answer).client(t).Invoke(t.Context(), Command{Name: "Get-Recipient", Effect: Read})
		if !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrUncertain) || !errors.Is(err, pace.ErrGaveUp) {
			t.Errorf("%s: Invoke = %v, want ErrUnavailable alone", name, err)
		}
	}
}

func TestCreateIsRepeatedWhenNothingWasSent(t *testing.T) {
	s := newServer(t, ok)
	pacer := pace.New(pace.Options{Attempts: 3, Delay: time.Millisecond})
	c := s.client(t, func(o *Options) { o.Pacer = pacer })
	s.Close()
	_, err := c.Invoke(t.Context(), Command{Name: "New-MailContact"})
	if !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrUncertain) {
		t.Errorf("Invoke = %v, want ErrUnavailable alone", err)
	}
	if got := pacer.Stats().Attempts; got != 3 {
		t.Errorf("%d attempts, want 3", got)
	}
}

func TestAnswerAfterAnUnknownEndSaysSo(t *testing.T) {
	s := newServer(t, timedOut, say(400, cmdletError(alreadyMember)))
	err := s.client(t).AddDistributionGroupMember(t.Context(), "g", "m")
	e, isError := errors.AsType[*Error](err)
	if !isError || !errors.Is(err, ErrAlreadyMember) || !e.Repeated || errors.Is(err, ErrUncertain) {
		t.Errorf("Add = %v, want a certain ErrAlreadyMember that may be its own doing", err)
	}
}

// stuck answers when the client has gone.
func stuck(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestOwnTimeoutIsNotTheCallersDeadline(t *testing.T) {
	s := newServer(t, stuck)
	c := s.client(t, func(o *Options) { o.Timeout = 50 * time.Millisecond })
	_, err := c.Invoke(t.Context(), Command{Name: "New-MailContact"})
	if !errors.Is(err, ErrUncertain) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Invoke = %v, want ErrUncertain", err)
	}
}

func TestCancelledWhileTheServiceWorks(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		stuck(w, r)
	})
	_, err := s.client(t).Invoke(ctx, Command{Name: "Set-Contact", Effect: Repeatable})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUncertain) || len(s.requests) != 1 {
		t.Errorf("Invoke = %v after %d requests, want cancelled, uncertain, and not repeated", err, len(s.requests))
	}
}

func TestPauseOfOthersIsNotTheirError(t *testing.T) {
	s := newServer(t, say(429, "", "Retry-After", "3600"))
	c := s.client(t)
	_, first := c.Invoke(t.Context(), Command{Name: "Set-Contact", Parameters: Parameters{"Identity": "ana"}, Effect: Repeatable})
	_, second := c.Invoke(t.Context(), Command{Name: "Set-Contact", Parameters: Parameters{"Identity": "dan"}, Effect: Repeatable})
	if !errors.Is(first, ErrThrottled) || !errors.Is(second, ErrThrottled) || !errors.Is(second, pace.ErrGaveUp) {
		t.Fatalf("errors %v and %v, want ErrThrottled", first, second)
	}
	if e, _ := errors.AsType[*Error](second); e.Target != "dan" || len(s.requests) != 1 {
		t.Errorf("error about %q after %d requests, want one about dan, and one request", e.Target, len(s.requests))
	}
}

// pages answers the first page with a link to the second, made by link.
func pages(link func(base string) string, second http.HandlerFunc) []http.HandlerFunc {
	first := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"@odata.nextLink":%q,"@adminapi.warnings":["There are more results available than are currently displayed."],"value":[{"Guid":"1"}]}`,
			link("https://"+r.Host+r.URL.Path))
	}
	return []http.HandlerFunc{first, second}
}

func TestPaging(t *testing.T) {
	next := func(base string) string { return base + "?%24skiptoken=abc" }
	tests := []struct {
		name    string
		answers []http.HandlerFunc
		want    error // nil for two members
	}{
		{"to the end", pages(next, say(200, `{"value":[{"Guid":"2"}]}`)), nil},
		{"a page is tried again", append(pages(next, busy), say(200, `{"value":[{"Guid":"2"}]}`)), nil},
		{"a page fails", pages(next, say(400, cmdletError(`||Expired or Invalid pagination request.`))), ErrPageExpired},
		{"the link leaves the service", pages(func(string) string { return "https://elsewhere.example/x" }, ok), ErrMalformed},
		{"the link leads back", pages(next, nil)[:1], ErrMalformed},
		{"cut short without a link", []http.HandlerFunc{say(200, `{"@adminapi.warnings":["There are more results available than are currently displayed."],"value":[{"Guid":"1"}]}`)}, ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, tt.answers...)
			members, err := s.client(t).DistributionGroupMembers(t.Context(), "g")
			if !errors.Is(err, tt.want) {
				t.Fatalf("members = %v, want %v", err, tt.want)
			}
			if tt.want != nil {
				return
			}
			if len(members) != 2 || members[0].Guid != "1" || members[1].Guid != "2" {
				t.Errorf("members = %+v, want both pages", members)
			}
			first, last := s.requests[0], s.requests[len(s.requests)-1]
			if last.Method != http.MethodPost || last.body != first.body || last.URL.RawQuery != "%24skiptoken=abc" {
				t.Errorf("next page asked with %s %s %s, want the same POST", last.Method, last.URL, last.body)
			}
			if last.Header.Get("X-AnchorMailbox") != first.Header.Get("X-AnchorMailbox") {
				t.Error("the anchor changed between pages")
			}
		})
	}
}
