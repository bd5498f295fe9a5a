package entra

import (
	"crypto/subtle"
	"net/http"
	"net/url"
)

// maxTokenRequest bounds the body of a token request. A certificate chain in an
// assertion's header is the largest part of it.
const maxTokenRequest = 256 << 10

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// token is the client credentials flow (Microsoft Learn, "OAuth 2.0 client
// credentials flow on the Microsoft identity platform").
func (s *Service) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxTokenRequest)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, missingParameter("grant_type"))
		return
	}
	app, audience, err := s.signIn(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	token, err := s.issue(app, audience)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	seconds := int(s.lifetime.Seconds())
	writeJSON(w, http.StatusOK, map[string]any{
		"token_type":     "Bearer",
		"expires_in":     seconds,
		"ext_expires_in": seconds,
		"access_token":   token,
	})
}

// signIn checks a request: where it was sent, what it asks for, who asks, with
// what proof. Whether the resource exists is told only to a client that has
// proved who it is.
func (s *Service) signIn(r *http.Request) (app App, audience string, err error) {
	if err := s.checkTenant(r.PathValue("tenant")); err != nil {
		return App{}, "", err
	}
	form := r.PostForm
	if err := checkGrant(form); err != nil {
		return App{}, "", err
	}
	audience, err = resourceOf(form.Get("scope"))
	if err != nil {
		return App{}, "", err
	}
	app, known := s.app(form.Get("client_id"))
	if !known {
		return App{}, "", unknownApp(form.Get("client_id"), s.organisation)
	}
	if err := s.prove(app, form, r.Host); err != nil {
		return App{}, "", err
	}
	if _, known := apiOf(audience); !known {
		return App{}, "", unknownResource(audience, s.organisation)
	}
	return app, audience, nil
}

func (s *Service) checkTenant(segment string) error {
	switch {
	case isShared(segment):
		return noTenant()
	case !s.isTenant(segment):
		return unknownTenant("invalid_request", segment)
	}
	return nil
}

func checkGrant(form url.Values) error {
	switch grant := form.Get("grant_type"); grant {
	case "client_credentials":
	case "":
		return missingParameter("grant_type")
	default:
		return unsupportedGrant(grant)
	}
	if form.Get("client_id") == "" {
		return missingParameter("client_id")
	}
	return nil
}

// prove checks the one credential that the form carries.
func (s *Service) prove(app App, form url.Values, host string) error {
	switch {
	case form.Has("client_assertion"):
		if form.Get("client_assertion_type") != assertionType {
			return missingParameter("client_assertion_type")
		}
		return s.checkAssertion(app, form.Get("client_assertion"), host)
	case form.Get("client_secret") != "":
		return s.checkSecret(app, form.Get("client_secret"))
	default:
		return noCredential()
	}
}

func (s *Service) checkSecret(app App, secret string) error {
	if app.Secret == "" || subtle.ConstantTimeCompare([]byte(app.Secret), []byte(secret)) == 0 {
		return wrongSecret(app.ClientID)
	}
	if !app.SecretExpires.IsZero() && !s.now().Before(app.SecretExpires) {
		return expiredSecret(app.ClientID)
	}
	return nil
}
