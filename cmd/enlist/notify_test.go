package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

type listenerKey struct{}

// listener is whom a script's runs notify.
type listener struct {
	mu    sync.Mutex
	heard []string // path and body of each request
}

func (l *listener) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, r.URL.Path+" "+string(body))
}

// cmdListener starts a server that takes pings and calls of the webhook.
func cmdListener(ts *testscript.TestScript, neg bool, args []string) {
	server := httptest.NewServer(ts.Value(listenerKey{}).(*listener))
	ts.Defer(server.Close)
	ts.Setenv("ENLIST_NOTIFY_PING", server.URL+"/ping")
	ts.Setenv("ENLIST_NOTIFY_WEBHOOK", server.URL+"/hook-secret")
}

// cmdSentMail prints the mails that were sent through the tenant's Graph.
func cmdSentMail(ts *testscript.TestScript, neg bool, args []string) {
	resp, err := simClient(ts).Get(tenantOf(ts).server.URL() + "/sim/state")
	ts.Check(err)
	defer resp.Body.Close()
	var state struct {
		Sent []struct {
			From, Subject, Text string
			To                  []string
		}
	}
	ts.Check(json.NewDecoder(resp.Body).Decode(&state))
	_, err = fmt.Fprintf(ts.Stdout(), "%d mails\n", len(state.Sent))
	ts.Check(err)
	for _, m := range state.Sent {
		_, err := fmt.Fprintf(ts.Stdout(), "from %s to %s: %s\n%s\n", m.From, strings.Join(m.To, " "), m.Subject, m.Text)
		ts.Check(err)
	}
}

// cmdHeard prints what the server was sent since the last time.
func cmdHeard(ts *testscript.TestScript, neg bool, args []string) {
	l := ts.Value(listenerKey{}).(*listener)
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := fmt.Fprintf(ts.Stdout(), "%d requests\n", len(l.heard))
	ts.Check(err)
	for _, request := range l.heard {
		_, err := fmt.Fprintln(ts.Stdout(), request)
		ts.Check(err)
	}
	l.heard = nil
}
