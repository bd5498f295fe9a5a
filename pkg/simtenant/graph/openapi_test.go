package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// specification is the OpenAPI subset made from Microsoft's published metadata.
// Its place is told by ENLIST_GRAPH_OPENAPI; without it, and without the copy
// that may lie beside the repository, nothing is checked.
type specification struct {
	router  routers.Router
	schemas openapi3.Schemas
}

const besideRepository = "../../../../shared/contracts/graph-subset.openapi.json"

var readSpecification = sync.OnceValues(func() (*specification, error) {
	path := os.Getenv("ENLIST_GRAPH_OPENAPI")
	if path == "" {
		path = filepath.FromSlash(besideRepository)
	}
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if errors.Is(err, os.ErrNotExist) && os.Getenv("ENLIST_GRAPH_OPENAPI") == "" {
		return &specification{}, nil
	}
	if err != nil {
		return nil, err
	}
	document.Servers = openapi3.Servers{{URL: "https://graph.microsoft.com/v1.0"}}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		return nil, err
	}
	return &specification{router: router, schemas: document.Components.Schemas}, nil
})

func loadSpecification(tb testing.TB) *specification {
	tb.Helper()
	s, err := readSpecification()
	if err != nil {
		tb.Fatalf("read the OpenAPI subset: %v", err)
	}
	return s
}

// check holds a request and its answer against the subset: by their path where
// the subset has it, by its schemas otherwise. A request that was refused need
// not be proper.
func (s *specification) check(tb testing.TB, r *http.Request, sent []byte, got reply) {
	tb.Helper()
	if s.router == nil {
		return
	}
	route, parameters, err := s.router.FindRoute(withDeltaCall(r))
	if err != nil || strings.HasSuffix(r.URL.Path, "/groups/delta") { // which the router takes for a group
		s.checkBySchema(tb, r, got)
		return
	}
	asked := &openapi3filter.RequestValidationInput{Request: r.Clone(context.Background()), Route: route, PathParams: parameters}
	asked.Request.Body = io.NopCloser(bytes.NewReader(sent))
	if got.status < http.StatusBadRequest && !strings.HasSuffix(r.URL.Path, "$batch") { // numeric ids are accepted, too
		if err := openapi3filter.ValidateRequest(context.Background(), asked); err != nil {
			tb.Errorf("%s %s: the request is not as the metadata says: %v\n%s", r.Method, r.URL, err, sent)
		}
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked,
		Status:                 got.status,
		Header:                 http.Header{"Content-Type": {"application/json"}},
		Body:                   io.NopCloser(bytes.NewReader(got.raw)),
	}
	if err := openapi3filter.ValidateResponse(context.Background(), input); err != nil {
		tb.Errorf("%s %s: the answer is not as the metadata says: %v\n%s", r.Method, r.URL, err, got.raw)
	}
}

// withDeltaCall writes "/delta" as the subset does: "/delta()".
func withDeltaCall(r *http.Request) *http.Request {
	if !strings.HasSuffix(r.URL.Path, "/delta") {
		return r
	}
	changed := r.Clone(r.Context())
	changed.URL.Path += "()"
	return changed
}

// checkBySchema checks what the subset has no path for: errors, single objects
// and collections of the known types.
func (s *specification) checkBySchema(tb testing.TB, r *http.Request, got reply) {
	tb.Helper()
	if got.body == nil {
		return
	}
	if got.status >= http.StatusBadRequest {
		s.visit(tb, r, "error", got.body)
		return
	}
	name := typeAt(r.URL.Path)
	if name == "" {
		return
	}
	list, isList := got.body["value"].([]any)
	if !isList {
		s.visit(tb, r, name, got.body)
		return
	}
	for _, item := range list {
		own := name
		if typed, ok := item.(map[string]any)["@odata.type"].(string); ok {
			own = strings.TrimPrefix(typed, "#microsoft.graph.")
		}
		s.visit(tb, r, own, item)
	}
}

// typeAt is the type of what lies at a path that the subset lacks.
func typeAt(path string) string {
	segments := strings.Split(strings.TrimPrefix(path, "/v1.0/"), "/")
	switch last := segments[len(segments)-1]; {
	case slices.Contains([]string{"getByIds", "memberOf", "members"}, last):
		return "group"
	case strings.HasPrefix(last, "microsoft.graph."):
		return strings.TrimPrefix(last, "microsoft.graph.")
	}
	return map[string]string{"contacts": "orgContact", "groups": "group", "users": "user"}[segments[0]]
}

// annotated are members that the service adds and that the metadata doesn't list.
var annotated = []string{"@removed", "members@delta"}

func (s *specification) visit(tb testing.TB, r *http.Request, schema string, value any) {
	tb.Helper()
	if object, ok := value.(map[string]any); ok {
		plain := map[string]any{}
		for name, member := range object {
			if !slices.Contains(annotated, name) {
				plain[name] = member
			}
		}
		value = plain
	}
	if err := s.schemas[schema].Value.VisitJSON(value); err != nil {
		text, _ := json.Marshal(value)
		tb.Errorf("%s %s: not a proper %s: %v\n%s", r.Method, r.URL, schema, err, text)
	}
}
