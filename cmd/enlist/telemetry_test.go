package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortraces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	traces "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

type collectorKey struct{}

// collector is an OTLP receiver that keeps what it is told, as lines of text.
type collector struct {
	mu       sync.Mutex
	requests int
	spans    map[string]*traces.Span // by id
	lines    []string                // of metrics, and others that are printed as they are
	said     []byte                  // all that came in
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	c.said = append(c.said, body...)
	c.lines = append(c.lines, "key "+r.Header.Get("Api-Key"))
	switch r.URL.Path {
	case "/v1/traces":
		var got collectortraces.ExportTraceServiceRequest
		err = cmp.Or(err, proto.Unmarshal(body, &got))
		for _, of := range got.ResourceSpans {
			c.addResource(of.Resource)
			for _, scope := range of.ScopeSpans {
				for _, span := range scope.Spans {
					c.spans[string(span.SpanId)] = span
				}
			}
		}
	case "/v1/metrics":
		var got collectormetrics.ExportMetricsServiceRequest
		err = cmp.Or(err, proto.Unmarshal(body, &got))
		for _, of := range got.ResourceMetrics {
			c.addResource(of.Resource)
			for _, scope := range of.ScopeMetrics {
				for _, m := range scope.Metrics {
					c.addMetric(m)
				}
			}
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (c *collector) addResource(r *resource.Resource) {
	c.lines = append(c.lines, "resource"+attributesOf(r.Attributes))
}

func (c *collector) addMetric(m *metrics.Metric) {
	note := func(attributes []*common.KeyValue, value any) {
		c.lines = append(c.lines, fmt.Sprintf("metric %s%s = %v", m.Name, attributesOf(attributes), value))
	}
	for _, p := range slices.Concat(m.GetSum().GetDataPoints(), m.GetGauge().GetDataPoints()) {
		if whole, ok := p.Value.(*metrics.NumberDataPoint_AsInt); ok {
			note(p.Attributes, whole.AsInt)
			continue
		}
		note(p.Attributes, p.GetAsDouble())
	}
	for _, p := range m.GetHistogram().GetDataPoints() {
		note(p.Attributes, p.Count)
	}
}

// attributesOf are the attributes as " name=value".
func attributesOf(attributes []*common.KeyValue) string {
	var b strings.Builder
	for _, a := range attributes {
		var value any = a.Value.GetStringValue()
		switch v := a.Value.Value.(type) {
		case *common.AnyValue_IntValue:
			value = v.IntValue
		case *common.AnyValue_BoolValue:
			value = v.BoolValue
		}
		fmt.Fprintf(&b, " %s=%v", a.Key, value)
	}
	return b.String()
}

// describe tells a span with those that it is within, and those it is linked to.
func (c *collector) describe(span *traces.Span) string {
	within := ""
	for up := span; len(up.ParentSpanId) > 0; {
		parent := c.spans[string(up.ParentSpanId)]
		if parent == nil {
			within = "? > " + within
			break
		}
		within = parent.Name + " > " + within
		up = parent
	}
	for _, link := range span.Links {
		if run := c.spans[string(link.SpanId)]; run != nil {
			within = run.Name + " ~ " + within
		}
	}
	status := ""
	if span.Status.GetCode() == traces.Status_STATUS_CODE_ERROR {
		status = " error(" + span.Status.Message + ")"
	}
	return "span " + within + span.Name + status + attributesOf(span.Attributes)
}

// cmdCollector starts a collector and has enlist tell it.
func cmdCollector(ts *testscript.TestScript, neg bool, args []string) {
	server := httptest.NewServer(ts.Value(collectorKey{}).(*collector))
	ts.Defer(server.Close)
	ts.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
}

// cmdCollected prints what the collector was told since the last time. It fails
// when that holds one of the words that it is given.
func cmdCollected(ts *testscript.TestScript, neg bool, args []string) {
	c := ts.Value(collectorKey{}).(*collector)
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.lines
	for _, span := range c.spans {
		lines = append(lines, c.describe(span))
	}
	slices.Sort(lines)
	_, err := fmt.Fprintf(ts.Stdout(), "%d requests\n%s\n", c.requests, strings.Join(slices.Compact(lines), "\n"))
	ts.Check(err)
	for _, word := range args {
		if strings.Contains(strings.ToLower(string(c.said)), strings.ToLower(word)) {
			ts.Fatalf("the collector was told %q", word)
		}
	}
	c.requests, c.spans, c.lines, c.said = 0, map[string]*traces.Span{}, nil, nil
}
