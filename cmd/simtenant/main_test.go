package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

func TestServe(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	out, in := io.Pipe()
	ended := make(chan int)
	go func() {
		defer close(ended)
		ended <- run(ctx, []string{"--listen", "127.0.0.1:0", "--ca-out", ca}, in, t.Output())
	}()

	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`at (https://127\.0\.0\.1:\d+) tenant=(\S+) client_id=(\S+) \(client secret: the documented default, `).FindStringSubmatch(line)
	if found == nil {
		t.Fatalf("the line that scripts wait for is %q", line)
	}
	if found[3] != simtenant.DefaultClientID {
		t.Errorf("client id %s, want the default", found[3])
	}
	if got := tenantID(t, found[1], ca); got != found[2] {
		t.Errorf("the tenant says its id is %s, the line says %s", got, found[2])
	}

	interrupt()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d after an interrupt, want 0", code)
	}
}

// tenantID asks a running server, trusting the authority that it wrote.
func tenantID(t *testing.T, base, ca string) string {
	t.Helper()
	res, err := trusting(t, ca).Get(base + "/sim/tenant")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var tenant struct{ ID string }
	if err := json.NewDecoder(res.Body).Decode(&tenant); err != nil {
		t.Fatal(err)
	}
	return tenant.ID
}

// trusting is a client that trusts the authority in a file, and nobody else.
func trusting(t *testing.T, ca string) *http.Client {
	t.Helper()
	authority, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestSecretsOfASeedAreNotPrinted(t *testing.T) {
	seed := directory.DefaultSeed()
	seed.Apps[0].Secret = "of the seed alone"
	srv, err := simtenant.Start(t.Context(), simtenant.Config{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	var out bytes.Buffer
	announce(&out, srv)
	if strings.Contains(out.String(), "of the seed alone") || !strings.Contains(out.String(), "the seed's") {
		t.Errorf("announced: %s", out.String())
	}
}

func TestSeed(t *testing.T) {
	var out bytes.Buffer
	if code := run(t.Context(), []string{"seed", "--contacts", "10", "--groups", "2", "--members", "7"}, &out, t.Output()); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	seed, err := directory.ReadSeed(&out)
	if err != nil {
		t.Fatalf("what was written is no seed: %v", err)
	}
	if len(seed.Contacts) != 10 || len(seed.Groups) != 2 || len(seed.Groups[0].Members) != 4 {
		t.Errorf("%d contacts, %d groups, %d members in the first", len(seed.Contacts), len(seed.Groups), len(seed.Groups[0].Members))
	}
}

func TestWrongUsage(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte(`{"tenannt":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"unknown flag", []string{"--nope"}, "--nope"},
		{"unknown command", []string{"sed"}, `"sed"`},
		{"unknown profile", []string{"--profile", "friendly"}, "no profile"},
		{"no such seed", []string{"--seed", "none.json"}, "none.json"},
		{"misspelt key in the seed", []string{"--seed", broken}, "tenannt"},
		{"profile file with a key that is no flag", []string{"--profile", broken}, `"tenannt"`},
		{"argument of seed", []string{"seed", "x"}, `"x"`},
		{"too many members", []string{"seed", "--contacts", "1", "--groups", "1", "--members", "2"}, "room for 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var errors bytes.Buffer
			if code := run(t.Context(), tt.args, io.Discard, &errors); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			if !strings.Contains(errors.String(), tt.want) {
				t.Errorf("printed %q, want something with %q", errors.String(), tt.want)
			}
		})
	}
}
