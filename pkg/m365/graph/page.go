package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// page is one part of a collection. Value is nil when the answer has no such member, so that an answer of somebody
// else isn't taken for an empty collection.
type page[T any] struct {
	Next  string `json:"@odata.nextLink"`
	Delta string `json:"@odata.deltaLink"`
	Value *[]T   `json:"value"`
}

// collect streams a collection. The pages follow one another by the links in them, which are used as they are; headers
// are sent with each, for Graph refuses the link of an advanced query without its ConsistencyLevel. An empty page with
// a link is legal.
//
// The first error is the last element. A list that ends without one is complete.
func collect[T any](ctx context.Context, c *Client, first *abs.RequestInformation) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
		for request := first; request != nil; {
			p, err := fetch[T](ctx, c, request)
			if err != nil {
				yield(none, err)
				return
			}
			for _, object := range *p.Value {
				if !yield(object, nil) {
					return
				}
			}
			if request, err = c.follow(request, p.Next, seen); err != nil {
				yield(none, err)
				return
			}
		}
	}
}

// collectFrom streams a collection whose first page came as an item of a $batch, and any pages that follow. request
// stands for the item.
func collectFrom[T any](ctx context.Context, c *Client, request *abs.RequestInformation, text json.RawMessage) iter.Seq2[T, error] {
	var first page[T]
	if err := json.Unmarshal(text, &first); err != nil {
		return failed[T](unexpected(request, "the answer can't be read: "+err.Error(), err))
	}
	if first.Value == nil {
		return failed[T](unexpected(request, "the answer holds no list", nil))
	}
	next, err := c.follow(request, first.Next, map[string]bool{})
	return func(yield func(T, error) bool) {
		for _, object := range *first.Value {
			if !yield(object, nil) {
				return
			}
		}
		if err != nil {
			failed[T](err)(yield)
			return
		}
		collect[T](ctx, c, next)(yield)
	}
}

// follow returns the request for the next page, nil when there is none.
func (c *Client) follow(last *abs.RequestInformation, link string, seen map[string]bool) (*abs.RequestInformation, error) {
	if link == "" {
		return nil, nil
	}
	if seen[link] {
		return nil, unexpected(last, "the link to the next page leads back to one that was read already", nil)
	}
	seen[link] = true
	u, err := url.Parse(link)
	if err != nil {
		return nil, unexpected(last, "the link to the next page can't be read", err)
	}
	if u.Scheme != c.base.Scheme || u.Host != c.base.Host {
		return nil, unexpected(last, "the link to the next page leads to another server, "+u.Host, nil)
	}
	next := getURL(*u)
	next.Headers.AddAll(last.Headers)
	return next, nil
}

// all reads a collection that is known to be small.
func all[T any](ctx context.Context, c *Client, request *abs.RequestInformation) ([]T, error) {
	var objects []T
	for object, err := range collect[T](ctx, c, request) {
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// fetch reads one page.
func fetch[T any](ctx context.Context, c *Client, request *abs.RequestInformation) (page[T], error) {
	p, err := get[page[T]](ctx, c, request)
	if err == nil && p.Value == nil {
		err = unexpected(request, "the answer holds no list", nil)
	}
	return p, err
}

// get sends a request and decodes the answer.
func get[T any](ctx context.Context, c *Client, request *abs.RequestInformation) (T, error) {
	var object T
	body, err := c.send(ctx, request)
	if err != nil {
		return object, err
	}
	if err := json.Unmarshal(body, &object); err != nil {
		return object, unexpected(request, "the answer can't be read: "+err.Error(), err)
	}
	return object, nil
}

// unexpected is an answer that came with status 200 and yet is none.
func unexpected(request *abs.RequestInformation, what string, cause error) *Error {
	return &Error{Request: describe(request), Status: http.StatusOK, Message: what, cause: cause}
}
