package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

var (
	errNoItem    = errors.New("the answer to the batch leaves this command out")
	errBadBatch  = errors.New("the answer to the batch is not understood")
	errMultipart = errors.New("the answer to the batch is in the multipart form, which is not read here")
)

// The wire form of a batch and of its answer (observed: CIPP, HelloID).
type (
	batchRequest struct {
		Requests []batchItem `json:"requests"`
	}
	batchItem struct {
		ID      string            `json:"id"`
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	}
	batchAnswer struct {
		Responses []itemAnswer
	}
	itemAnswer struct {
		ID      string
		Status  int
		Headers map[string]any
		Body    json.RawMessage
	}
)

// carry sends the items as one batch and gives each its answer or error.
func (b *batcher) carry(ctx context.Context, items []*item) {
	got, token, err := b.post(ctx, items)
	switch {
	case err != nil:
		for _, it := range items {
			it.err = ownError(err)
		}
	case got.status >= 200 && got.status < 300:
		b.handOut(items, got, token)
	case refusesBatches(got.status):
		// Such a refusal is about the batch, of which nothing was done.
		if !b.works.Load() {
			b.off.Store(true)
		}
		for _, it := range items {
			it.alone = true
		}
	default:
		for _, it := range items {
			it.answer = got
		}
	}
}

// post sends the batch, and returns the token with which it was answered.
func (b *batcher) post(ctx context.Context, items []*item) (got answer, token string, err error) {
	got, err = b.single.signedIn(ctx, func(with string) (answer, error) {
		token = with
		body, err := b.encode(items, with)
		if err != nil {
			return answer{}, err
		}
		return b.single.post(ctx, call{url: b.url, body: body, requestID: uuid.NewString()}, with)
	})
	return got, token, err
}

func (b *batcher) encode(items []*item, token string) ([]byte, error) {
	var all batchRequest
	for _, it := range items {
		headers := map[string]string{}
		for name, values := range b.single.headers(it.call, token) {
			headers[name] = strings.Join(values, ", ")
		}
		all.Requests = append(all.Requests, batchItem{
			ID:      it.call.requestID,
			Method:  http.MethodPost,
			URL:     it.call.url.String(),
			Headers: headers,
			Body:    it.call.body,
		})
	}
	body, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("exchange: batch: %w", err)
	}
	return body, nil
}

// handOut gives each item its part of the answer. What is left out of it may
// have been carried out all the same.
func (b *batcher) handOut(items []*item, got answer, token string) {
	parts, err := readBatch(got)
	if errors.Is(err, errMultipart) {
		b.off.Store(true)
	} else if err == nil {
		b.works.Store(true)
	}
	for _, it := range items {
		part, ok := parts[it.call.requestID]
		switch {
		case err != nil:
			it.err = &transportError{true, err}
		case !ok:
			it.err = &transportError{true, errNoItem}
		case part.Status == http.StatusUnauthorized:
			it.alone = true // not done; alone it gets a fresh token
		default:
			it.answer = part.answer(token)
		}
	}
}

// readBatch returns the parts of an answer by their ids. Their order means
// nothing (observed).
func readBatch(got answer) (map[string]itemAnswer, error) {
	if kind, _, _ := mime.ParseMediaType(got.header.Get("Content-Type")); strings.HasPrefix(kind, "multipart/") {
		return nil, errMultipart
	}
	var all batchAnswer
	if json.Unmarshal(trimBody(got.body), &all) != nil || all.Responses == nil {
		return nil, errBadBatch
	}
	parts := make(map[string]itemAnswer, len(all.Responses))
	for _, part := range all.Responses {
		parts[part.ID] = part
	}
	return parts, nil
}

// answer is the part as if it had come alone. A body that is no JSON object
// stands there as a string.
func (a itemAnswer) answer(token string) answer {
	whole := answer{status: a.Status, header: http.Header{}, body: a.Body}
	for name, value := range a.Headers {
		if text, ok := value.(string); ok {
			whole.header.Set(name, text)
		} else {
			whole.header.Set(name, fmt.Sprint(value))
		}
	}
	var text string
	switch err := json.Unmarshal(a.Body, &text); {
	case string(a.Body) == "null":
		whole.body = nil
	case err == nil:
		whole.body = []byte(text)
	}
	return whole.withoutToken(token)
}

// ownError is the error for one item of those that share it. Whoever gets a
// transport error completes it.
func ownError(err error) error {
	if broken, ok := errors.AsType[*transportError](err); ok {
		return &transportError{broken.sent, broken.err}
	}
	return err
}

// refusesBatches reports whether a status, of the batch as a whole, says that
// there is no such thing as a batch. The service's own answer is not known.
func refusesBatches(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusUnsupportedMediaType, http.StatusNotImplemented:
		return true
	}
	return false
}
