package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

const (
	authorization = "Authorization"
	contentLength = "Content-Length"
)

// errorForms says that any refusal is decoded as Graph's error object.
var errorForms = abs.ErrorMappings{"XXX": odataerrors.CreateODataErrorFromDiscriminatorValue}

// send sends a request, as often as the pacer finds sensible, and returns the body of the answer.
func (c *Client) send(ctx context.Context, request *abs.RequestInformation) ([]byte, error) {
	if n := len(request.Content); n > 0 {
		// Without it the adapter would send the body in chunks.
		request.Headers.TryAdd(contentLength, strconv.Itoa(n))
	}
	var body []byte
	err := c.pacer.Do(ctx, func(ctx context.Context) error {
		var err error
		body, err = c.attempt(ctx, request)
		return err
	})
	return body, err
}

// attempt sends a request once, and once more if Graph refuses a token that can be renewed.
func (c *Client) attempt(ctx context.Context, request *abs.RequestInformation) ([]byte, error) {
	body, err := c.exchange(ctx, request)
	if c.renew == nil || !errors.Is(err, ErrUnauthorized) {
		return body, err
	}
	_, rejected, _ := strings.Cut(strings.Join(request.Headers.Get(authorization), ""), " ")
	if _, err := c.renew(ctx, rejected); err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	return c.exchange(ctx, request)
}

// exchange sends a request once.
func (c *Client) exchange(ctx context.Context, request *abs.RequestInformation) ([]byte, error) {
	// The SDK leaves the token that it used with the request, and would use it again after any time.
	request.Headers.Remove(authorization)

	limited, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	answer, err := c.adapter.SendPrimitive(limited, request, "[]byte", errorForms)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("graph: %s: %w", describe(request), context.Cause(ctx))
		}
		return nil, decode(request, err)
	}
	body, _ := answer.([]byte) // nil when the answer is empty
	if request.Method == abs.GET && !json.Valid(body) {
		e := unexpected(request, plain(body), nil)
		// Garbled on the way is worth another try; a web page is what a proxy has to say.
		e.repeatable = !isWebPage(body)
		return nil, e
	}
	return body, nil
}

// describe names a request without its query.
func describe(request *abs.RequestInformation) string {
	uri, err := request.GetUri()
	if err != nil {
		return request.Method.String()
	}
	return request.Method.String() + " " + uri.Path
}

// reason leaves out the method and URL that net/http puts before a network error; the URL has the query.
func reason(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err.Error()
	}
	return err.Error()
}
