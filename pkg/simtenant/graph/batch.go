package graph

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// maxBatch is how many requests a $batch may hold (Microsoft Learn, "Combine
// multiple HTTP requests using JSON batching").
const maxBatch = 20

// batchItem is one request of a $batch.
type batchItem struct {
	ID        itemID            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []itemID          `json:"dependsOn"`
}

// itemID is an item's id: a string, though some clients send a number.
type itemID string

func (id *itemID) UnmarshalJSON(text []byte) error {
	var number json.Number
	if text[0] != '"' && json.Unmarshal(text, &number) == nil {
		*id = itemID(number)
		return nil
	}
	return json.Unmarshal(text, (*string)(id))
}

// batchAnswer is one response of a $batch.
type batchAnswer struct {
	ID      itemID            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// batch answers POST /$batch. It is 200 whenever it can be read; what became of
// the items stands in their own statuses.
func (a *api) batch(w http.ResponseWriter, r *http.Request) {
	a.Stats.Batch()
	c := newCall(a, w, r)
	if err := c.runBatch(); err != nil {
		c.refuse(err)
	}
}

func (c *call) runBatch() error {
	if err := c.authenticate(); err != nil {
		return err
	}
	if c.r.Method != http.MethodPost {
		return methodNotAllowed()
	}
	var payload struct {
		Requests []batchItem `json:"requests"`
	}
	if err := c.readJSON(&payload); err != nil {
		return err
	}
	if err := checkBatch(payload.Requests); err != nil {
		return err
	}
	answers := c.runItems(payload.Requests)
	// The service promises no order, so nobody should get used to one.
	slices.Reverse(answers)
	c.answer(http.StatusOK, appendJSON(nil, map[string]any{"responses": answers}))
	return nil
}

func checkBatch(items []batchItem) error {
	if len(items) == 0 {
		return badSyntax("Invalid batch payload format.")
	}
	if len(items) > maxBatch {
		return refuse(http.StatusBadRequest, "MaximumValueExceeded", "Number of batch request steps exceeds the maximum value of %d.", maxBatch)
	}
	seen := map[string]bool{}
	for i := range items {
		id := strings.ToLower(string(items[i].ID))
		if id == "" || items[i].Method == "" || items[i].URL == "" || seen[id] {
			return badSyntax("Invalid batch payload format.")
		}
		seen[id] = true
	}
	if !canBeOrdered(items) {
		return badSyntax("Invalid batch payload format.")
	}
	return nil
}

// canBeOrdered tells whether items depend on items that there are, and never in a
// circle.
func canBeOrdered(items []batchItem) bool {
	left := slices.Clone(items)
	done := map[itemID]bool{}
	for len(left) > 0 {
		before := len(left)
		left = slices.DeleteFunc(left, func(item batchItem) bool {
			ready := !slices.ContainsFunc(item.DependsOn, func(id itemID) bool { return !done[id] })
			done[item.ID] = done[item.ID] || ready
			return ready
		})
		if len(left) == before {
			return false
		}
	}
	return true
}

// runningItem is an item under way; its answer is there once done is closed. A nil
// answer is one that never came: the connection to the part behind broke.
type runningItem struct {
	done   chan struct{}
	answer *batchAnswer
}

// runItems runs the items side by side, as the service does with those that don't
// depend on one another, and gives the answers that came. The others follow those
// that they depend on.
func (c *call) runItems(items []batchItem) []*batchAnswer {
	running := make(map[itemID]*runningItem, len(items))
	for i := range items {
		running[items[i].ID] = &runningItem{done: make(chan struct{})}
	}
	var all sync.WaitGroup
	for i := range items {
		item, mine := &items[i], running[items[i].ID]
		all.Go(func() {
			defer close(mine.done)
			mine.answer = c.runItem(item, running)
		})
	}
	all.Wait()
	answers := []*batchAnswer{}
	for i := range items {
		if answer := running[items[i].ID].answer; answer != nil {
			answers = append(answers, answer)
		}
	}
	return answers
}

// runItem answers an item after those that it depends on.
func (c *call) runItem(item *batchItem, others map[itemID]*runningItem) *batchAnswer {
	for _, id := range item.DependsOn {
		<-others[id].done
		if before := others[id].answer; before == nil || before.Status >= http.StatusBadRequest {
			return c.failedDependency(item.ID)
		}
	}
	return c.perform(item)
}

func (c *call) failedDependency(id itemID) *batchAnswer {
	refusal := refuse(http.StatusFailedDependency, "FailedDependency", "This operation failed because an operation it depends on has failed.")
	return &batchAnswer{
		ID: id, Status: refusal.Status,
		Headers: map[string]string{"Content-Type": "application/json"},
		Body:    appendJSON(nil, c.errorBody(refusal)),
	}
}

// perform sends an item through the handler that serves single requests.
func (c *call) perform(item *batchItem) *batchAnswer {
	path := "/" + strings.TrimPrefix(item.URL, "/")
	if !strings.HasPrefix(path, root+"/") {
		path = root + path
	}
	target, err := url.Parse(path)
	if err != nil {
		return answerOf(item.ID, errorItem(c, badSyntax("The query specified in the URI is not valid.")))
	}
	request := c.r.Clone(c.r.Context())
	request.Method = strings.ToUpper(item.Method)
	request.URL, request.RequestURI = target, path
	request.Header = http.Header{"Authorization": c.r.Header["Authorization"]}
	for name, value := range item.Headers {
		request.Header.Set(name, value)
	}
	request.Body = bodyOf(item.Body)
	request.ContentLength = int64(len(item.Body))
	recorded := newRecorder()
	if !recorded.serve(c.api.single, request) {
		return nil
	}
	return answerOf(item.ID, recorded)
}

func errorItem(c *call, refusal *apiError) *recorder {
	recorded := newRecorder()
	item := *c
	item.w = recorded
	item.refuse(refusal)
	return recorded
}

func answerOf(id itemID, recorded *recorder) *batchAnswer {
	answer := &batchAnswer{ID: id, Status: recorded.status, Headers: map[string]string{}}
	for name, values := range recorded.header {
		answer.Headers[name] = strings.Join(values, ",")
	}
	switch body := bytes.TrimSpace(recorded.body.Bytes()); {
	case len(body) == 0:
	case json.Valid(body) && strings.HasPrefix(recorded.header.Get("Content-Type"), "application/json"):
		answer.Body = body
	default:
		answer.Body = appendText(nil, base64.StdEncoding.EncodeToString(body))
	}
	return answer
}

// recorder keeps the answer to an item.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

// serve runs a handler. It is false when the handler gave up its connection.
func (r *recorder) serve(h http.Handler, request *http.Request) (answered bool) {
	defer func() {
		switch reason := recover(); reason {
		case nil:
		case http.ErrAbortHandler:
			answered = false
		default:
			panic(reason)
		}
	}()
	h.ServeHTTP(r, request)
	r.WriteHeader(http.StatusOK)
	return true
}

// bodyOf is the body that a handler reads: JSON as it is; a JSON string holds
// other content in base64.
func bodyOf(raw json.RawMessage) *itemBody { return &itemBody{bytes.NewReader(raw)} }

type itemBody struct{ *bytes.Reader }

// Close does nothing: the item's bytes belong to the $batch.
func (itemBody) Close() error { return nil }
