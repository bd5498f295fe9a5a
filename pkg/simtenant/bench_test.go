package simtenant_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"enlist/pkg/simtenant"
)

// BenchmarkCommands measures commands over real TLS with connections kept open,
// client and server on the same cores. A tenant must never be the bottleneck of
// a measurement: 5,000 commands a second on 2 cores are wanted.
func BenchmarkCommands(b *testing.B) {
	seed, err := simtenant.Generate(simtenant.Size{Contacts: 20_000, Groups: 100, Members: 50_000}, 1)
	if err != nil {
		b.Fatal(err)
	}
	var made atomic.Int64
	commands := []struct {
		name string
		next func(n int64) (cmdlet string, parameters map[string]any)
	}{
		{"look up", func(n int64) (string, map[string]any) {
			email := seed.Contacts[int(n)%len(seed.Contacts)].Email
			return "Get-Recipient", map[string]any{"Filter": "EmailAddresses -eq '" + email + "'"}
		}},
		{"create", func(int64) (string, map[string]any) {
			email := fmt.Sprintf("new%08d@partner.example", made.Add(1))
			return "New-MailContact", map[string]any{"Name": email, "ExternalEmailAddress": email, "DisplayName": "New Partner"}
		}},
	}
	for _, protocol := range []string{"HTTP1", "HTTP2"} {
		for _, command := range commands {
			b.Run(protocol+"/"+command.name, func(b *testing.B) {
				srv := start(b, simtenant.Config{Seed: seed})
				a := newAdmin(b, srv)
				a.client = keepAlive(b, srv, protocol == "HTTP2")
				var n atomic.Int64
				b.SetParallelism(8)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						cmdlet, parameters := command.next(n.Add(1))
						a.send(b, cmdlet, parameters)
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
			})
		}
	}
}

// send is invoke without what a test needs and a benchmark pays for.
func (a *admin) send(b *testing.B, cmdlet string, parameters map[string]any) {
	body, err := json.Marshal(input(cmdlet, parameters))
	if err != nil {
		b.Error(err)
		return
	}
	req, err := http.NewRequest("POST", a.url("InvokeCommand"), strings.NewReader(string(body)))
	if err != nil {
		b.Error(err)
		return
	}
	req.Header = a.header
	res, err := a.client.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b.Errorf("%s: %s", cmdlet, res.Status)
	}
}

func keepAlive(b *testing.B, srv *simtenant.Server, http2 bool) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(srv.CertificatePEM())
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		MaxIdleConnsPerHost: 64,
		ForceAttemptHTTP2:   http2,
	}
	b.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}
