package cloud

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// idleConnections is how many connections stay open between calls: no fewer than workers that call at once, or each
// burst would pay for TLS handshakes again.
const idleConnections = 64

// NewTransport returns a transport for all servers of one cloud, sign-in included. roots are the certificate
// authorities to trust; nil means the system's. Proxies are taken from the environment.
func NewTransport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		TLSClientConfig:       &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          2 * idleConnections,
		MaxIdleConnsPerHost:   idleConnections,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   20 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}
