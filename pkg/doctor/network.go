package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"enlist/pkg/cause"
)

// checkNetwork finds out whether the three servers can be reached, through
// which proxy, and whether this machine's clock agrees with theirs.
func (e *examination) checkNetwork(ctx context.Context) {
	servers := []struct{ check, base string }{
		{"reach.sign_in", e.Endpoints.Authority},
		{"reach.graph", e.Endpoints.Graph.BaseURL},
		{"reach.exchange", e.Endpoints.Exchange.BaseURL},
	}
	e.checkProxy(servers[0].base)
	var clock *Finding
	for _, server := range servers {
		f, offset, told := e.reach(ctx, server.check, server.base)
		e.note(f)
		if told && clock == nil {
			c := judgeClock(offset, !e.Identity.CertificateExpires().IsZero())
			clock = &c
		}
	}
	if clock != nil {
		e.note(*clock)
	}
}

func (e *examination) checkProxy(base string) {
	proxy, err := e.proxyFor(base)
	switch {
	case err != nil:
		e.note(Finding{Check: "proxy", Verdict: Failed,
			Message:  "the proxy settings can't be read: " + reason(err),
			NextStep: "Correct HTTPS_PROXY and NO_PROXY in the environment; a proxy is written as http://HOST:PORT."})
	case proxy == nil:
		e.ok("proxy", "none is set in the environment (HTTPS_PROXY)")
	default:
		e.ok("proxy", proxy.Scheme+"://"+proxy.Host) // without its user and password
	}
}

func (e *examination) proxyFor(base string) (*url.URL, error) {
	if e.Transport.Proxy == nil {
		return nil, nil
	}
	req, err := http.NewRequest(http.MethodGet, base, nil)
	if err != nil {
		return nil, err
	}
	return e.Transport.Proxy(req)
}

// reach asks a server for its root, without a token. Any answer will do. offset
// is how far this machine's clock is ahead, if the answer tells.
func (e *examination) reach(ctx context.Context, check, base string) (f Finding, offset time.Duration, told bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	host := strings.TrimPrefix(base, "https://")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/", nil)
	if err != nil {
		return unreachable(check, host, err), 0, false
	}
	asked := time.Now()
	resp, err := e.Transport.RoundTrip(req)
	if err != nil {
		return unreachable(check, host, err), 0, false
	}
	resp.Body.Close()
	f = Finding{Check: check, Verdict: OK, Message: host + " answers" + secured(resp.TLS)}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return f, 0, false
	}
	answered := time.Now()
	middle := asked.Add(answered.Sub(asked) / 2)
	return f, middle.Sub(date.Add(time.Second / 2)), true // the header cuts fractions off
}

// secured tells who vouches for the server: an unexpected name there is a proxy
// that opens the traffic.
func secured(state *tls.ConnectionState) string {
	if state == nil || len(state.PeerCertificates) == 0 {
		return ""
	}
	issuer := state.PeerCertificates[0].Issuer
	name := issuer.CommonName
	if len(issuer.Organization) > 0 {
		name = issuer.Organization[0]
	}
	return fmt.Sprintf(" over %s, with a certificate from %s", tls.VersionName(state.Version), name)
}

func unreachable(check, host string, err error) Finding {
	f := Finding{Check: check, Verdict: Failed, Later: true}
	if untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		f.Later = false
		f.Message = host + " can't be trusted: " + cause.Text(untrusted)
		f.NextStep = "If a proxy of your organisation opens TLS traffic, name the file with its certificate authority with --cloud-ca or SSL_CERT_FILE."
		if expired, ok := errors.AsType[x509.CertificateInvalidError](err); ok && expired.Reason == x509.Expired {
			f.NextStep = "Check this machine's clock first."
		}
		return f
	}
	if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		f.Message = fmt.Sprintf("the name %s is not found", unknown.Name)
		f.NextStep = "Check this machine's name resolution, and whether it needs a proxy (HTTPS_PROXY)."
		return f
	}
	f.Message = host + " can't be reached: " + reason(err)
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "proxyconnect" {
		f.NextStep = "Correct HTTPS_PROXY, or let this machine open connections to the proxy."
		return f
	}
	f.NextStep = "Let this machine open connections to " + host + " on port 443, or name a proxy with HTTPS_PROXY."
	return f
}

// judgeClock tells what a clock that is ahead means. signs is true when this
// machine signs assertions with a certificate, which name the time.
func judgeClock(ahead time.Duration, signs bool) Finding {
	off := ahead.Abs().Round(time.Second)
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	f := Finding{Check: "clock", Verdict: OK, Message: "agrees with the server's"}
	if off < clockOff {
		return f
	}
	f.Message = fmt.Sprintf("%s %s the server's", off, direction)
	f.NextStep = "Let this machine set its clock by a time server; Microsoft refuses certificates' assertions from another time."
	f.Verdict = Warning
	if signs && off >= clockUnusable {
		f.Verdict = Failed
	}
	return f
}

// reason leaves out the method and URL that net/http puts before an error.
func reason(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer within " + patience.String()
	}
	return cause.Text(err)
}
