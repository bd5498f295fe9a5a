// Package openapi holds requests to Graph, and its answers, against the OpenAPI
// subset that was made from Microsoft's published metadata. Only tests use it.
package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Specification is the OpenAPI subset. The zero value checks nothing.
type Specification struct {
	router  routers.Router
	schemas openapi3.Schemas
}

const besideRepository = "../../../../shared/contracts/graph-subset.openapi.json"

// Load reads the subset from the place that ENLIST_GRAPH_OPENAPI tells. Without
// it, and without the copy that may lie beside the repository, nothing is
// checked.
func Load() (*Specification, error) {
	path := os.Getenv("ENLIST_GRAPH_OPENAPI")
	if path == "" {
		path = filepath.FromSlash(besideRepository)
	}
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if errors.Is(err, os.ErrNotExist) && os.Getenv("ENLIST_GRAPH_OPENAPI") == "" {
		return &Specification{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI subset: %w", err)
	}
	document.Servers = openapi3.Servers{{URL: server}}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI subset: %w", err)
	}
	return &Specification{router: router, schemas: document.Components.Schemas}, nil
}

// server is where the service lives, wherever a request really went.
const server = "https://graph.microsoft.com/v1.0"

// Check holds a request, with the body that was sent, and its answer against the
// subset: by their path where the subset has it, by its schemas otherwise. A
// request that was refused need not be proper.
func (s *Specification) Check(r *http.Request, sent []byte, status int, answer []byte) error {
	if s.router == nil {
		return nil
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = "https", "graph.microsoft.com", "graph.microsoft.com"
	route, parameters, err := s.router.FindRoute(withDeltaCall(r))
	if err != nil || strings.HasSuffix(r.URL.Path, "/groups/delta") { // which the router takes for a group
		return s.checkBySchema(r.URL.Path, status, answer)
	}
	asked := &openapi3filter.RequestValidationInput{Request: r, Route: route, PathParams: parameters}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	if status < http.StatusBadRequest && !strings.HasSuffix(r.URL.Path, "$batch") { // numeric ids are accepted, too
		if err := openapi3filter.ValidateRequest(context.Background(), asked); err != nil {
			return fmt.Errorf("%s %s: the request is not as the metadata says: %w\n%s", r.Method, r.URL, err, sent)
		}
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked,
		Status:                 status,
		Header:                 http.Header{"Content-Type": {"application/json"}},
		Body:                   io.NopCloser(bytes.NewReader(answer)),
	}
	if err := openapi3filter.ValidateResponse(context.Background(), input); err != nil {
		return fmt.Errorf("%s %s: the answer is not as the metadata says: %w\n%s", r.Method, r.URL, err, answer)
	}
	return nil
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
func (s *Specification) checkBySchema(path string, status int, answer []byte) error {
	var body map[string]any
	if json.Unmarshal(answer, &body) != nil {
		return nil // text, or nothing
	}
	if status >= http.StatusBadRequest {
		return s.visit("error", body)
	}
	name := typeAt(path)
	if name == "" {
		return nil
	}
	list, isList := body["value"].([]any)
	if !isList {
		return s.visit(name, body)
	}
	var wrong []error
	for _, item := range list {
		own := name
		if typed, ok := item.(map[string]any)["@odata.type"].(string); ok {
			own = strings.TrimPrefix(typed, "#microsoft.graph.")
		}
		wrong = append(wrong, s.visit(own, item))
	}
	return errors.Join(wrong...)
}

// typeAt is the type of what lies at a path that the subset lacks.
func typeAt(path string) string {
	segments := strings.Split(strings.TrimPrefix(path, "/v1.0/"), "/")
	switch last := segments[len(segments)-1]; {
	case last == "onPremisesSyncBehavior": // of a type that the subset lacks
		return ""
	case slices.Contains([]string{"getByIds", "memberOf", "members"}, last):
		return "group"
	case strings.HasPrefix(last, "microsoft.graph."):
		return strings.TrimPrefix(last, "microsoft.graph.")
	}
	return map[string]string{"contacts": "orgContact", "groups": "group", "users": "user"}[segments[0]]
}

// annotated are members that the service adds and that the metadata doesn't list.
var annotated = []string{"@removed", "members@delta"}

func (s *Specification) visit(schema string, value any) error {
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
		return fmt.Errorf("not a proper %s: %w", schema, err)
	}
	return nil
}
