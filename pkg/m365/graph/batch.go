package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"golang.org/x/sync/errgroup"

	"enlist/pkg/m365/pace"
)

// maxBatch is how many requests a $batch may hold (learn.microsoft.com/graph/json-batching).
const maxBatch = 20

// batchesAtOnce is how many of them are on their way side by side.
const batchesAtOnce = 8

// batchItem is a request for reading in a $batch. ID is its place among the requests.
type batchItem struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
}

// batchAnswer is what became of one of them. They come in any order.
type batchAnswer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// batchPath is what an item of a $batch asks for, below the API's version.
func batchPath(path string, query url.Values) string {
	// In a $batch, a plus sign is not sure to be taken for a space.
	return path + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// getAll sends requests for reading, each with its headers a [batchPath], 20 at a time, and gives the bodies of the
// answers in the order of the requests. The first refusal ends it. Requests that were throttled, or had no answer, go
// again without the others.
func (c *Client) getAll(ctx context.Context, paths []string, headers map[string]string) ([]json.RawMessage, error) {
	bodies := make([]json.RawMessage, len(paths))
	sending, ctx := errgroup.WithContext(ctx)
	sending.SetLimit(batchesAtOnce)
	for from := 0; from < len(paths); from += maxBatch {
		var open []batchItem
		for i := from; i < min(from+maxBatch, len(paths)); i++ {
			open = append(open, batchItem{ID: strconv.Itoa(i), Method: http.MethodGet, URL: paths[i], Headers: headers})
		}
		sending.Go(func() error {
			return c.pacer.Do(ctx, func(ctx context.Context) (err error) {
				open, err = c.batch(ctx, open, bodies)
				return err
			})
		})
	}
	if err := sending.Wait(); err != nil {
		return nil, err
	}
	return bodies, nil
}

// batch sends the items once, puts the bodies that come back in their places, and returns the items that are still open
// with the error of one of them.
func (c *Client) batch(ctx context.Context, items []batchItem, bodies []json.RawMessage) ([]batchItem, error) {
	content, err := json.Marshal(map[string]any{"requests": items})
	if err != nil {
		return items, fmt.Errorf("graph: %w", err)
	}
	request := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.POST, "{+baseurl}/$batch", c.root())
	request.Headers.TryAdd("Accept", "application/json")
	request.SetStreamContentAndContentType(content, "application/json")
	request.Headers.TryAdd(contentLength, strconv.Itoa(len(content)))
	text, err := c.attempt(ctx, request)
	if err != nil {
		if e, ok := errors.AsType[*Error](err); ok {
			e.repeatable = true // all that is in it is for reading
		}
		return items, err
	}
	var answer struct {
		Responses []batchAnswer `json:"responses"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return items, unexpected(request, "the answer can't be read: "+err.Error(), err)
	}
	return sortOut(request, items, answer.Responses, bodies)
}

// sortOut keeps the bodies of the items that were answered. Of the errors, a refusal is worth more than a throttled
// item, and of these, the one that is to wait longest.
func sortOut(request *abs.RequestInformation, items []batchItem, answers []batchAnswer, bodies []json.RawMessage) ([]batchItem, error) {
	byID := make(map[string]batchAnswer, len(answers))
	for _, a := range answers {
		byID[a.ID] = a
	}
	var open []batchItem
	var worst *Error
	for _, item := range items {
		a, ok := byID[item.ID]
		if ok && a.Status == http.StatusOK {
			place, _ := strconv.Atoi(item.ID) // it is ours
			bodies[place] = a.Body
			continue
		}
		open = append(open, item)
		if e := a.failure(request); worst == nil || !e.RetryAdvice().Again || worst.RetryAdvice().Again && e.RetryAfter > worst.RetryAfter {
			worst = e
		}
		if !worst.RetryAdvice().Again {
			break
		}
	}
	if worst == nil {
		return nil, nil
	}
	return open, worst
}

// failure is the error that an item failed with. An item that nobody answered has the status 0.
func (a batchAnswer) failure(request *abs.RequestInformation) *Error {
	e := &Error{Request: describe(request), Status: a.Status, repeatable: true, Message: "an item had no answer"}
	if a.Status == 0 {
		return e
	}
	header := http.Header{}
	for name, value := range a.Headers {
		header[textproto.CanonicalMIMEHeaderKey(name)] = []string{value}
	}
	e.RetryAfter, _ = pace.RetryAfter(header, time.Now())
	e.RequestID = header.Get("request-id")
	var body struct {
		Error struct{ Code, Message string }
	}
	e.Message = "an item failed"
	if json.Unmarshal(a.Body, &body) == nil && body.Error.Message != "" {
		e.Code, e.Message = body.Error.Code, body.Error.Message
	}
	return e
}
