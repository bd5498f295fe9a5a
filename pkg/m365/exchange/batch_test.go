package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// batches stands for a service that takes batches. Each item is answered by what
// answer makes of its command; nil leaves it out.
type batches struct {
	answer func(cmdlet, identity string) *itemAnswer
	whole  http.HandlerFunc // instead, for a batch as a whole
	ready  chan struct{}    // closed when the first request may be answered

	mu    sync.Mutex
	sizes []int // of the batches that came
	alone int   // commands that came alone
	items []batchItem
	outer http.Header
	off   bool // the client sends no batches any more
}

func (b *batches) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if !strings.HasSuffix(r.URL.Path, "/$batch") {
		b.mu.Lock()
		b.alone++
		first := b.alone == 1
		b.mu.Unlock()
		if first && b.ready != nil {
			<-b.ready
		}
		return
	}
	var in batchRequest
	if err := json.Unmarshal(body, &in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.sizes = append(b.sizes, len(in.Requests))
	b.items = append(b.items, in.Requests...)
	b.outer = r.Header
	b.mu.Unlock()
	if b.whole != nil {
		b.whole(w, r)
		return
	}
	out := map[string][]itemAnswer{"responses": {}}
	for _, it := range slices.Backward(in.Requests) {
		var c struct {
			CmdletInput struct {
				CmdletName string
				Parameters struct{ Identity string }
			}
		}
		_ = json.Unmarshal(it.Body, &c)
		if a := b.answer(c.CmdletInput.CmdletName, c.CmdletInput.Parameters.Identity); a != nil {
			a.ID = it.ID
			out["responses"] = append(out["responses"], *a)
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (b *batches) sentAlone() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.alone
}

func done(string, string) *itemAnswer { return &itemAnswer{Status: 200} }

// together runs a command for each identity at once and returns their errors.
// The first goes out alone, and comes back when all others are there.
func (b *batches) together(t *testing.T, effect Effect, identities ...string) map[string]error {
	t.Helper()
	b.ready = make(chan struct{})
	s := newServer(t, b.serve)
	c := s.client(t, func(o *Options) { o.Batch = 10 })
	// In time for the tests: nobody goes before all are there.
	c.sender.(*batcher).linger = 1 << 40
	errs := map[string]error{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	run := func(identity string) {
		name := map[Effect]string{Once: "New-MailContact", Repeatable: "Set-Contact", Read: "Get-Recipient"}[effect]
		_, err := c.Invoke(context.Background(), Command{Name: name, Parameters: Parameters{"Identity": identity}, Effect: effect})
		mu.Lock()
		defer mu.Unlock()
		errs[identity] = err
	}
	wg.Go(func() { run("first") })
	for b.sentAlone() == 0 {
		runtime.Gosched()
	}
	for _, identity := range identities {
		wg.Go(func() { run(identity) })
	}
	for c.sender.(*batcher).gathered() < len(identities) && b.sentAlone() == 1 {
		runtime.Gosched()
	}
	close(b.ready)
	wg.Wait()
	b.off = c.sender.(*batcher).off.Load()
	return errs
}

// gathered is how many calls are there besides the first.
func (b *batcher) gathered() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.inside - 1
}

func TestBatchOnTheWire(t *testing.T) {
	b := &batches{answer: done}
	for identity, err := range b.together(t, Repeatable, "ana", "dan", "eva") {
		if err != nil {
			t.Errorf("%s: %v", identity, err)
		}
	}
	if diff := cmp.Diff([]int{3}, b.sizes); diff != "" || b.alone != 1 {
		t.Errorf("%d commands alone, sizes of batches (-want +got):\n%s", b.alone, diff)
	}
	for _, it := range b.items {
		if it.Method != "POST" || !strings.HasPrefix(it.URL, "https://") || !strings.HasSuffix(it.URL, "/adminapi/beta/"+tenantID+"/InvokeCommand") {
			t.Errorf("item goes to %s %s", it.Method, it.URL)
		}
		for name, want := range map[string]string{
			"X-Cmdletname":    "Set-Contact",
			"X-Anchormailbox": "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@" + tenantID,
			"Authorization":   "Bearer " + secret,
		} {
			if it.Headers[name] != want {
				t.Errorf("item's %s = %q, want %q", name, it.Headers[name], want)
			}
		}
	}
	if b.outer.Get("Authorization") == "" || b.outer.Get("X-AnchorMailbox") == "" {
		t.Errorf("the batch itself lacks headers: %v", b.outer)
	}
}

func TestItemsFailOneByOne(t *testing.T) {
	throttledOnce := true
	b := &batches{}
	b.answer = func(_, identity string) *itemAnswer {
		switch identity {
		case "taken":
			return &itemAnswer{Status: 500, Body: json.RawMessage(cmdletError(`Ex1472D1|T|in use ` + secret))}
		case "missing":
			return nil
		case "text":
			text, _ := json.Marshal("You have reached the maximum number of concurrent requests per tenant. Please wait and try again")
			if throttledOnce {
				throttledOnce = false
				return &itemAnswer{Status: 429, Headers: map[string]any{"Retry-After": 0}, Body: text}
			}
		}
		return &itemAnswer{Status: 200, Body: json.RawMessage("null")}
	}
	errs := b.together(t, Once, "ok", "taken", "missing", "text")
	for identity, want := range map[string]error{
		"first": nil, "ok": nil, "text": nil, "taken": ErrAddressInUse, "missing": ErrUncertain,
	} {
		if !errors.Is(errs[identity], want) {
			t.Errorf("%s: %v, want %v", identity, errs[identity], want)
		}
	}
	if text := fmt.Sprint(errs["taken"]); strings.Contains(text, secret) {
		t.Errorf("the token is in the error: %s", text)
	}
	if diff := cmp.Diff([]int{4}, b.sizes); diff != "" || b.alone != 2 {
		t.Errorf("%d commands alone, want the first one and the throttled one; sizes of batches (-want +got):\n%s", b.alone, diff)
	}
}

func TestBatchesThatAreRefused(t *testing.T) {
	multipart := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/mixed; boundary=batch")
		_, _ = io.WriteString(w, "--batch--")
	}
	tests := []struct {
		name   string
		effect Effect
		whole  http.HandlerFunc
		want   error
		off    bool // single commands from then on
	}{
		{"not found", Once, say(404, ""), nil, true},
		{"not allowed", Once, say(405, ""), nil, true},
		{"not understood by the service", Once, say(400, "{}"), nil, true},
		{"answered as multipart, set", Repeatable, multipart, nil, true},
		{"answered as multipart, created", Once, multipart, ErrUncertain, true},
		{"garbage", Once, say(200, "{"), ErrUncertain, false},
		{"cut off", Once, cutOff, ErrUncertain, false},
		{"token without rights", Once, say(403, ""), ErrForbidden, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &batches{whole: tt.whole}
			for identity, err := range b.together(t, tt.effect, "ana", "dan") {
				if identity != "first" && !errors.Is(err, tt.want) {
					t.Errorf("%s: %v, want %v", identity, err, tt.want)
				}
			}
			if b.off != tt.off {
				t.Errorf("batches are off: %v, want %v", b.off, tt.off)
			}
			if len(b.sizes) != 1 || tt.want == nil && b.alone != 3 {
				t.Errorf("batches of %v and %d commands alone", b.sizes, b.alone)
			}
		})
	}
}

// A batch throttled as a whole sends each of its commands back to the pacer.
func TestWholeBatchThrottled(t *testing.T) {
	b := &batches{whole: say(429, "", "Retry-After", "0.001")}
	for identity, err := range b.together(t, Once, "ana", "dan") {
		if err != nil && !errors.Is(err, ErrThrottled) {
			t.Errorf("%s: %v", identity, err)
		}
	}
	if got := b.alone + len(b.sizes); got < 3 {
		t.Errorf("%d requests, want further tries", got)
	}
}

func TestTheSameObjectIsNeverTwiceInABatch(t *testing.T) {
	b := &batches{answer: done}
	b.together(t, Repeatable, "ana", "ANA")
	for _, size := range b.sizes {
		if size > 1 {
			t.Errorf("a batch of %d, all about ana", size)
		}
	}
}

func TestCallerThatGivesUpLeavesTheOthersAlone(t *testing.T) {
	arrived := make(chan struct{}, 1)
	proceed := make(chan struct{})
	b := &batches{answer: done}
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-proceed
		b.serve(w, r)
	})
	c := s.client(t, func(o *Options) { o.Batch = 2 })
	c.sender.(*batcher).linger = 1 << 40
	c.sender.(*batcher).inside = 1 // somebody who could join keeps the first from going alone
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	results := make([]error, 2)
	for i, with := range []context.Context{ctx, t.Context()} {
		wg.Go(func() {
			_, results[i] = c.Invoke(with, Command{Name: "Set-Contact", Parameters: Parameters{"Identity": i}, Effect: Repeatable})
		})
	}
	<-arrived
	cancel()
	close(proceed)
	wg.Wait()
	if err := results[0]; err != nil && (!errors.Is(err, context.Canceled) || !errors.Is(err, ErrUncertain)) {
		t.Errorf("who gave up: %v, want cancelled and uncertain", err)
	}
	if results[1] != nil {
		t.Errorf("the other one: %v", results[1])
	}
}
