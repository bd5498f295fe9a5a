package telemetry

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// commandHeader names the command that a request to Exchange carries; one with
// several in a batch has none.
const commandHeader = "X-CmdletName"

// Exchange and Graph are the tenant's APIs, as telemetry names them.
const (
	Exchange = "exchange"
	Graph    = "graph"
)

// Transport tells of each request that next carries to the API. Nothing is put
// into the requests: whom enlist tells is nothing to the tenant.
func (t *Telemetry) Transport(api string, next http.RoundTripper) http.RoundTripper {
	if t == nil {
		return next
	}
	return &transport{telemetry: t, api: api, next: next}
}

type transport struct {
	telemetry *Telemetry
	api       string
	next      http.RoundTripper
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	operation := operationOf(req)
	attributes := []attribute.KeyValue{
		attribute.String("enlist.api", t.api),
		attribute.String("enlist.operation", operation),
		attribute.String("http.request.method", req.Method),
		attribute.String("server.address", req.URL.Hostname()),
	}
	ctx, span := t.telemetry.tracer.Start(req.Context(), operation, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	defer span.End()
	begun := time.Now()
	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	took := time.Since(begun)

	status := 0
	if err == nil {
		status = resp.StatusCode
		span.SetAttributes(attribute.Int("http.response.status_code", status), attribute.String("enlist.request_id", resp.Header.Get("request-id")))
		attributes = append(attributes, attribute.Int("http.response.status_code", status))
	}
	result := resultOf(status)
	if result != done {
		span.SetStatus(codes.Error, result)
		attributes = append(attributes, attribute.String("error.type", errorType(status)))
	}
	m := t.telemetry.instruments
	m.requestTime.Record(ctx, took.Seconds(), metric.WithAttributes(attributes...))
	if t.api == Exchange {
		m.commands.Add(ctx, 1, metric.WithAttributes(attribute.String("enlist.command", operation), attribute.String("enlist.result", result)))
	}
	return resp, err
}

// done is the result of a request that the tenant carried out.
const done = "done"

// resultOf says in a word how a request ended; 0 is no answer at all.
func resultOf(status int) string {
	switch {
	case status == 0:
		return "unanswered"
	case status < 300:
		return done
	case status == http.StatusTooManyRequests:
		return "throttled"
	case status < 500:
		return "refused"
	}
	return "failed"
}

func errorType(status int) string {
	if status == 0 {
		return "unanswered"
	}
	return strconv.Itoa(status)
}

// word is a part of a path that is the API's and not an object's.
var word = regexp.MustCompile(`^(v1\.0|beta|adminapi|\$?[A-Za-z]+(\(\))?)$`)

// operationOf names what a request asks for: the command, or the method and the
// path without ids and query, which may hold addresses.
func operationOf(req *http.Request) string {
	if command := req.Header.Get(commandHeader); command != "" {
		return command
	}
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	for i, part := range parts {
		if !word.MatchString(part) {
			parts[i] = "{id}"
		}
	}
	return req.Method + " /" + strings.Join(parts, "/")
}
