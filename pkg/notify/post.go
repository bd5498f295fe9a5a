package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// attempts is how often a request is sent at most, and pause what lies between
// the first two; it doubles.
const (
	attempts = 3
	pause    = 2 * time.Second
)

func newClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:             http.ProxyFromEnvironment,
			TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2: true,
			DisableKeepAlives: true, // a run has one message for each server
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// post sends a body, again if the server is busy or does not answer. A message
// that comes twice does no harm.
func (n *Notifier) post(ctx context.Context, at *url.URL, body []byte, header http.Header) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	wait := pause
	for try := 1; ; try++ {
		again, err := n.postOnce(ctx, at, body, header)
		if err == nil || !again || try == attempts {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
			wait *= 2
		}
	}
}

func (n *Notifier) postOnce(ctx context.Context, at *url.URL, body []byte, header http.Header) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(body))
	if err != nil {
		return false, errors.New("the request could not be made")
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", n.options.Agent)
	resp, err := n.client.Do(req)
	if err != nil {
		return true, fmt.Errorf("%s does not answer: %w", at.Host, withoutURL(err))
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // the status says enough
	if resp.StatusCode < 300 {
		return false, nil
	}
	busy := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500
	return busy, &statusError{at.Host, resp.StatusCode, answer}
}

// statusError is an answer that is no success.
type statusError struct {
	host   string
	status int
	body   []byte // as far as it may matter
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s answers with HTTP status %d", e.host, e.status)
}

// withoutURL leaves out what net/http puts before an error: the URL, which may
// be a secret.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
