package cloud

import (
	"context"
	"net/http"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// TokenSource gives access tokens for one API. azidentity keeps the token in memory and gets a new one some time before
// it expires. Callers may come from many goroutines: one signs in, the others wait for what it gets.
//
// All methods return a [*SignInError] when there is no token, or an error that matches ctx.Err() when ctx ended first.
// Requests to the sign-in server are repeated within azidentity after network trouble, 429 and 5xx answers; a caller
// should not repeat them again.
type TokenSource struct {
	scope     string
	authority string
	method    method
	build     func() (azcore.TokenCredential, error)

	// turn holds one element while somebody uses the fields below.
	turn       chan struct{}
	wire       *wire
	credential azcore.TokenCredential
	last       string                     // the token given out last
	asked      policy.TokenRequestOptions // and what it was asked with
}

var _ azcore.TokenCredential = (*TokenSource)(nil)

// Token returns an access token for the API.
func (s *TokenSource) Token(ctx context.Context) (string, error) {
	token, err := s.GetToken(ctx, policy.TokenRequestOptions{})
	return token.Token, err
}

// Renew returns a token other than rejected, one that the API answered with 401 although it has not expired. It signs
// in anew, unless somebody else who was told the same has done so already. A managed identity's token may come from the
// platform's cache and be the same one again.
func (s *TokenSource) Renew(ctx context.Context, rejected string) (string, error) {
	if err := s.take(ctx); err != nil {
		return "", err
	}
	defer s.release()
	if s.last == rejected {
		// A credential's cache can't be emptied, but a new credential starts with an empty one.
		credential, err := s.build()
		if err != nil {
			return "", s.method.unusable(err)
		}
		s.credential = credential
	}
	// The way it was asked for matters: azidentity keeps tokens for continuous access evaluation apart.
	token, err := s.get(ctx, s.asked)
	return token.Token, err
}

// GetToken makes a TokenSource a credential of the Azure SDKs. Options without scopes mean this source's own.
func (s *TokenSource) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if err := s.take(ctx); err != nil {
		return azcore.AccessToken{}, err
	}
	defer s.release()
	return s.get(ctx, o)
}

// get must be called with the turn taken.
func (s *TokenSource) get(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if len(o.Scopes) == 0 {
		o.Scopes = []string{s.scope}
	}
	s.wire.forget()
	token, err := s.credential.GetToken(ctx, o)
	if err != nil {
		return azcore.AccessToken{}, s.explain(ctx, err)
	}
	s.last = token.Token
	s.asked = o
	s.asked.Claims = "" // an answer to one challenge, not to be given again
	return token, nil
}

func (s *TokenSource) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *TokenSource) release() { <-s.turn }

// wire carries sign-in requests and remembers why the last one had no answer, for azidentity passes only the text of
// such an error on.
type wire struct {
	client *http.Client

	mu  sync.Mutex
	err error
}

// Do implements the transport of the Azure SDKs' clients.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	resp, err := w.client.Do(req)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	return resp, err
}

func (w *wire) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = nil
}

func (w *wire) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
