// Package cause says why a connection, a certificate or a file failed, in words
// that an administrator knows, where the standard library speaks to programmers.
package cause

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// Text is the text of an error, with plain words in it wherever it repeats one
// of the standard library's: "dial tcp 10.0.0.1:443: connect: connection
// refused" reads "10.0.0.1:443 refuses the connection". All else stays as it is.
func Text(err error) string {
	if err == nil {
		return ""
	}
	return Plain(err.Error(), err)
}

// Plain is [Text] for a text that was made of an error, and repeats it or some
// of those that it wraps. The outermost that has plain words is told as a whole.
func Plain(text string, err error) string {
	if err == nil {
		return text
	}
	if raw := err.Error(); strings.Contains(text, raw) {
		if plain := words(err); plain != "" {
			return strings.Replace(text, raw, plain, 1)
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return Plain(text, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			text = Plain(text, inner)
		}
	}
	return text
}

// words are the plain words for one error of the standard library; empty if it
// is none, or says it well enough itself.
func words(err error) string {
	switch e := err.(type) {
	case *url.Error:
		return Text(e.Err) // where it was sent is the caller's to say
	case *net.DNSError:
		return lookup(e)
	case *net.OpError:
		return connection(e)
	case *tls.CertificateVerificationError:
		return certificate(e.Err)
	case x509.UnknownAuthorityError, x509.HostnameError, x509.CertificateInvalidError:
		return certificate(err)
	case tls.RecordHeaderError:
		return "what answers there does not speak TLS"
	case *fs.PathError:
		return file(e.Path, e.Err)
	case *os.LinkError:
		return file(e.New, e.Err)
	case syscall.Errno:
		return system(e)
	}
	switch {
	case brokenStream(err):
		return "the connection was cut off"
	case err == http.ErrSchemeMismatch:
		return "what answers there does not speak TLS"
	case timedOut(err):
		return "there was no answer in time"
	case err == context.Canceled:
		return "it was interrupted"
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		return "it broke off before its end"
	}
	return ""
}

// timedOut reports whether the error itself, and not one that it wraps, is that
// time was up.
func timedOut(err error) bool {
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout() && errors.Unwrap(err) == nil
}

func lookup(err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return "the name " + err.Name + " is not found"
	case err.IsTimeout:
		return "no name server answers when asked for " + err.Name
	}
	return "the name " + err.Name + " can't be looked up: " + err.Err
}

func certificate(err error) string {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "its certificate has expired or is not valid yet, by this machine's clock"
	}
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		return "its certificate is not for " + wrong.Host
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "its certificate comes from an authority that this machine does not trust"
	}
	return "its certificate is not valid: " + err.Error()
}
