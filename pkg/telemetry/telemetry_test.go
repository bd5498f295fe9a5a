package telemetry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	collectortraces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"enlist/pkg/onboard"
)

func TestNothingIsStartedUnasked(t *testing.T) {
	got, err := Start(t.Context(), Options{})
	if got != nil || err != nil {
		t.Fatalf("got %v and %v without a collector", got, err)
	}
	// What is not there can be used all the same.
	ctx, run := got.Run(t.Context(), Facts{})
	_, done := run.Row(ctx, onboard.Row{})
	done(onboard.Outcome{})
	run.Count(ctx, onboard.Outcome{})
	run.CreationsWait(true)
	run.End(0, onboard.NewTally())
	if next := http.DefaultTransport; got.Transport(Exchange, next) != next {
		t.Error("requests go through something that tells nobody")
	}
	got.Close(ctx)
}

func TestWhatCannotBeUsed(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "hunter2", "OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https URL"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "unix:///hunter2", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not"},
		{"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc", "set it to http/protobuf"},
		{"OTEL_TRACES_EXPORTER", "zipkin", "otlp and none only"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
			t.Setenv(tt.name, tt.value)
			got, err := Start(t.Context(), Options{})
			if got != nil || err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A million rows must not swamp the collector, nor hide the rest.
func TestOnlySomeRowsAreTraced(t *testing.T) {
	var rows, others atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var got collectortraces.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
		for _, of := range got.ResourceSpans {
			for _, span := range of.ScopeSpans[0].Spans {
				if span.Name == rowSpan {
					rows.Add(1)
				} else {
					others.Add(1)
				}
			}
		}
	}))
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", server.URL)
	telling, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, run := telling.Run(t.Context(), Facts{})
	for line := range 10_000 {
		_, done := run.Row(ctx, onboard.Row{Line: line})
		done(onboard.Outcome{})
	}
	_, read := telling.Step(ctx, "read")
	read(nil)
	run.End(0, onboard.NewTally())
	telling.Close(ctx)
	if n := rows.Load(); n == 0 || n > 1000 {
		t.Errorf("%d of 10,000 rows were traced", n)
	}
	if n := others.Load(); n != 2 {
		t.Errorf("%d other spans were told, want 2", n)
	}
}

// The end of a run does not wait for a collector that never answers.
func TestSilentCollectorIsNotWaitedFor(t *testing.T) {
	asked, hangUp := make(chan struct{}, 10), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-hangUp
	}))
	defer server.Close()
	defer close(hangUp)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	var log bytes.Buffer
	telling, err := Start(t.Context(), Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	_, end := telling.Command(t.Context(), "run")
	end(0)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() {
		<-asked
		cancel()
	}()
	telling.Close(ctx)
	telling.failed(errors.New("and again"))
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("%d lines of warnings:\n%s", n, log.String())
	}
}

func TestOperationsNameNobody(t *testing.T) {
	for _, tt := range []struct{ method, url, command, want string }{
		{"POST", "https://e.example/adminapi/beta/6d0c7d6e-7a36-4a0b-8d2f-1d8f8ee5b7a5/InvokeCommand", "New-MailContact", "New-MailContact"},
		{"POST", "https://e.example/adminapi/beta/6d0c7d6e-7a36-4a0b-8d2f-1d8f8ee5b7a5/$batch", "", "POST /adminapi/beta/{id}/$batch"},
		{"GET", "https://g.example/v1.0/contacts/delta()?$filter=mail+eq+'ana@fabrikam.example'", "", "GET /v1.0/contacts/delta()"},
		{"GET", "https://g.example/v1.0/users/ana@fabrikam.example/memberOf", "", "GET /v1.0/users/{id}/memberOf"},
	} {
		req := httptest.NewRequest(tt.method, tt.url, nil)
		if tt.command != "" {
			req.Header.Set(commandHeader, tt.command)
		}
		if got := operationOf(req); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
