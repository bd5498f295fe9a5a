package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/google/uuid"
)

// maxAnswer bounds an answer's body, in bytes. A page of 1000 recipients with
// all their properties has some 10 MB.
const maxAnswer = 64 << 20

var errTooLarge = fmt.Errorf("answer larger than %d bytes", maxAnswer)

// call is one request to the service: a command, or a further page of its answer.
type call struct {
	url       *url.URL
	command   string
	header    http.Header // besides the usual ones
	body      []byte      // posted; nothing is posted if nil
	requestID string      // a GUID that the service logs too
	objects   []string    // what the command is about, in lower case
}

// answer is what the service said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// transportError reports a call without a whole answer.
type transportError struct {
	sent bool // the request was on its way, so it may have been carried out
	err  error
}

func (e *transportError) Error() string { return e.err.Error() }
func (e *transportError) Unwrap() error { return e.err }

// httpSender sends each call as a request of its own.
type httpSender struct {
	client      *http.Client
	token       func(context.Context) (string, error)
	renewToken  func(context.Context, string) (string, error)
	anchor      string
	connection  string
	application string

	requests atomic.Int64 // sent
}

func newHTTPSender(o Options) *httpSender {
	client := http.Client{Transport: newTransport()}
	if o.HTTP != nil {
		client = *o.HTTP
		client.Timeout = 0 // each request has a deadline of its own
	}
	// A redirect would carry the command, and the token, to somebody else.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	fresh := o.RenewToken
	if fresh == nil {
		fresh = func(ctx context.Context, _ string) (string, error) { return o.Token(ctx) }
	}
	return &httpSender{
		client:     &client,
		token:      o.Token,
		renewToken: fresh,
		// One anchor for the whole run keeps a create and what follows it on
		// the same server, and a page's link valid. The mailbox is the same in
		// every tenant (observed).
		anchor:      "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@" + o.TenantID,
		connection:  uuid.NewString(),
		application: o.ApplicationName,
	}
}

func newTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	t.MaxIdleConnsPerHost = 32
	return t
}

// withoutToken is the answer as it may be shown: whatever echoes the request
// must not bring the token into an error.
func (a answer) withoutToken(token string) answer {
	if a.status >= http.StatusBadRequest {
		a.body = bytes.ReplaceAll(a.body, []byte(token), []byte("[token]"))
	}
	return a
}

// send posts the call.
func (s *httpSender) send(ctx context.Context, c call) (answer, error) {
	return s.signedIn(ctx, func(token string) (answer, error) { return s.post(ctx, c, token) })
}

// signedIn posts something with a token. A refused token is renewed once: it may
// have expired in mid-run, and what answers 401 has not been carried out.
func (s *httpSender) signedIn(ctx context.Context, post func(token string) (answer, error)) (answer, error) {
	token, err := s.token(ctx)
	if err != nil {
		return answer{}, fmt.Errorf("no access token for Exchange: %w", err)
	}
	got, err := post(token)
	if err != nil || got.status != http.StatusUnauthorized {
		return got, err
	}
	fresh, err := s.renewToken(ctx, token)
	if err != nil {
		return answer{}, fmt.Errorf("no new access token for Exchange: %w", err)
	}
	if fresh == token {
		return got, nil
	}
	return post(fresh)
}

func (s *httpSender) post(ctx context.Context, c call, token string) (answer, error) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { sent.Store(true) },
	})
	method := http.MethodPost
	if c.body == nil {
		method = http.MethodGet
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url.String(), bytes.NewReader(c.body))
	if err != nil {
		return answer{}, fmt.Errorf("exchange: %w", err)
	}
	request.Header = s.headers(c, token)
	s.requests.Add(1)
	response, err := s.client.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // its text would repeat the whole URL
		}
		return answer{}, &transportError{sent.Load(), err}
	}
	defer response.Body.Close()
	body, err := readBounded(response.Body)
	if err != nil {
		return answer{}, &transportError{true, err}
	}
	return answer{response.StatusCode, response.Header, body}.withoutToken(token), nil
}

// headers are those that the service needs and those that make its answers
// even: English texts, JSON, and no compression, for it declares some of its
// 403 bodies as gzip that are not (observed). Asking for identity by hand also
// keeps net/http from decoding.
func (s *httpSender) headers(c call, token string) http.Header {
	h := http.Header{}
	maps.Copy(h, c.header)
	h.Set("Authorization", "Bearer "+token)
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Accept", "application/json")
	h.Set("Accept-Encoding", "identity")
	h.Set("Accept-Language", "en-US")
	h.Set("Prefer", "odata.maxpagesize=1000")
	h.Set("X-ResponseFormat", "json")
	h.Set("X-AnchorMailbox", s.anchor)
	if c.command != "" {
		h.Set("X-CmdletName", c.command)
	}
	h.Set("connection-id", s.connection)
	h.Set("client-request-id", c.requestID)
	if s.application != "" {
		h.Set("X-ClientApplication", s.application)
		h.Set("User-Agent", s.application)
	}
	return h
}

func readBounded(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("answer broken off: %w", err)
	case len(body) > maxAnswer:
		return nil, errTooLarge
	}
	return body, nil
}
