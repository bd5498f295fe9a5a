package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// batchItem is one request of a $batch.
type batchItem struct {
	ID      string                     `json:"id"`
	Method  string                     `json:"method"`
	URL     string                     `json:"url"`
	Headers map[string]json.RawMessage `json:"headers"`
	Body    json.RawMessage            `json:"body"`
}

// batchAnswer is what became of one.
type batchAnswer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// serveBatch runs the items of a $batch, each as if it had come alone, and
// answers 200 once they could be read. Their answers come in any order.
func (f *face) serveBatch(w http.ResponseWriter, r *http.Request) {
	at, _ := endpointOf(r.URL.Path)
	req := &request{Request: r, endpoint: at, number: f.requests.Add(1), base: baseOf(r)}
	f.commonHeaders(w.Header(), req)
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if refused := f.admit(req); refused != nil {
		refused.write(w, req)
		return
	}
	items, failed := f.readBatch(w, r)
	if failed != nil {
		failed.write(w)
		return
	}
	if f.opts.Stats != nil {
		f.opts.Stats.Batch()
	}
	answers := f.runBatch(r, items)
	chance := rand.New(rand.NewPCG(f.opts.RandomSeed, req.number))
	chance.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
	body, err := json.Marshal(map[string]any{"responses": answers})
	if err != nil {
		internalError(err).write(w)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body)
}

// readBatch reads the items. The service's own words for what it refuses here
// are not known.
func (f *face) readBatch(w http.ResponseWriter, r *http.Request) ([]batchItem, *cmdletError) {
	body, failed := readBody(w, r)
	if failed != nil {
		return nil, failed
	}
	var in struct{ Requests []batchItem }
	if err := json.Unmarshal(body, &in); err != nil || len(in.Requests) == 0 {
		return nil, badBody("The batch request is not a valid JSON object with requests.")
	}
	if len(in.Requests) > f.opts.BatchLimit {
		return nil, badBody(fmt.Sprintf("The batch request contains %d requests. The maximum is %d.", len(in.Requests), f.opts.BatchLimit))
	}
	seen := map[string]bool{}
	for _, item := range in.Requests {
		if item.ID == "" || seen[item.ID] {
			return nil, badBody("The id of a request in the batch is missing or not unique.")
		}
		seen[item.ID] = true
	}
	return in.Requests, nil
}

// runBatch runs the items side by side, or in order. An item that was cut off
// has no answer.
func (f *face) runBatch(outer *http.Request, items []batchItem) []*batchAnswer {
	answers := make([]*batchAnswer, len(items))
	var work sync.WaitGroup
	for i := range items {
		run := func() { answers[i] = f.runItem(outer, &items[i]) }
		if f.opts.BatchInOrder {
			run()
			continue
		}
		work.Go(run)
	}
	work.Wait()
	present := answers[:0]
	for _, a := range answers {
		if a != nil {
			present = append(present, a)
		}
	}
	return present
}

// runItem hands one item to the handler of single commands.
func (f *face) runItem(outer *http.Request, item *batchItem) (answer *batchAnswer) {
	r, err := item.request(outer)
	if err != nil {
		return &batchAnswer{ID: item.ID, Status: http.StatusBadRequest}
	}
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler { //nolint:errorlint // a panic's value, compared as net/http does
				panic(p)
			}
			answer = nil
		}
	}()
	w := &itemWriter{header: http.Header{}, status: http.StatusOK}
	f.single.ServeHTTP(w, r)
	return w.answer(item.ID)
}

// request makes the request that the item stands for. It goes to this server,
// whatever host its URL names, and has its own headers; the sign-in of the whole
// batch is taken where it has none.
func (item *batchItem) request(outer *http.Request) (*http.Request, error) {
	to, err := url.Parse(item.URL)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(to.Path, "/") {
		to.Path = "/" + to.Path
	}
	r := outer.Clone(outer.Context())
	r.Method = strings.ToUpper(item.Method)
	r.URL = &url.URL{Path: to.Path, RawPath: to.RawPath, RawQuery: to.RawQuery}
	r.RequestURI = r.URL.RequestURI()
	r.Body = io.NopCloser(bytes.NewReader(item.Body))
	r.ContentLength = int64(len(item.Body))
	r.Header = http.Header{}
	for name, raw := range item.Headers {
		r.Header.Set(name, headerText(raw))
	}
	if r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", outer.Header.Get("Authorization"))
	}
	return r, nil
}

// headerText reads a header's value; clients send booleans too.
func headerText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// itemWriter collects an item's answer.
type itemWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *itemWriter) Header() http.Header         { return w.header }
func (w *itemWriter) WriteHeader(status int)      { w.status = status }
func (w *itemWriter) Write(p []byte) (int, error) { return w.body.Write(p) }

// answer puts JSON bodies in as they are and others as text.
func (w *itemWriter) answer(id string) *batchAnswer {
	a := &batchAnswer{ID: id, Status: w.status, Headers: map[string]string{}}
	for name := range w.header {
		a.Headers[name] = w.header.Get(name)
	}
	switch body := w.body.Bytes(); {
	case len(body) == 0:
	case json.Valid(body):
		a.Body = body
	default:
		a.Body, _ = json.Marshal(string(body)) // a string never fails
	}
	return a
}
