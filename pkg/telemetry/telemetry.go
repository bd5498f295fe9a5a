package telemetry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/metric"
	nometrics "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	notraces "go.opentelemetry.io/otel/trace/noop"
	"golang.org/x/sync/errgroup"
)

// scope is the name under which collectors know what this program tells.
const scope = "enlist"

// flushTime is how long the end of the program waits for the collector.
const flushTime = 5 * time.Second

// Options say who tells.
type Options struct {
	Version string // of the program
	Tenant  string // as the user named it
	// Logger gets one warning when the collector can't be told; nil means silence.
	Logger *slog.Logger
}

// Telemetry is the way to the collector.
type Telemetry struct {
	tracer      trace.Tracer
	meter       metric.Meter
	instruments instruments
	shutdowns   []func(context.Context) error
	log         *slog.Logger
	warned      sync.Once
}

// Start opens the way to the collector that the environment names; nil if it
// names none. It asks nobody. An error says which variable can't be used.
func Start(ctx context.Context, o Options) (*Telemetry, error) {
	wantTraces, tracesErr := traces.wanted()
	wantMetrics, metricsErr := metrics.wanted()
	if err := cmp.Or(tracesErr, metricsErr); err != nil || !wantTraces && !wantMetrics {
		return nil, err
	}
	t := &Telemetry{log: o.Logger, tracer: notraces.NewTracerProvider().Tracer(scope), meter: nometrics.NewMeterProvider().Meter(scope)}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	// The SDK has one way for all its errors, and it is global.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(t.failed))
	otel.SetLogger(logr.Discard())
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", scope), attribute.String("service.version", o.Version), attribute.String("enlist.tenant", o.Tenant)),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv()) // last, so that it has the last word
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES can't be used: %w", err)
	}
	if wantTraces {
		if err := t.startTraces(ctx, about); err != nil {
			return nil, err
		}
	}
	if wantMetrics {
		if err := t.startMetrics(ctx, about); err != nil {
			return nil, errors.Join(err, t.shutdown(ctx))
		}
	}
	t.instruments, err = newInstruments(t.meter)
	return t, err
}

func (t *Telemetry) startTraces(ctx context.Context, about *resource.Resource) error {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return fmt.Errorf("traces can't be sent: %w", err)
	}
	options := []sdktrace.TracerProviderOption{sdktrace.WithResource(about), sdktrace.WithBatcher(exporter)}
	if sampler := defaultSampler(); sampler != nil {
		options = append(options, sdktrace.WithSampler(sampler))
	}
	provider := sdktrace.NewTracerProvider(options...)
	t.tracer = provider.Tracer(scope)
	t.shutdowns = append(t.shutdowns, provider.Shutdown)
	return nil
}

func (t *Telemetry) startMetrics(ctx context.Context, about *resource.Resource) error {
	exporter, err := otlpmetrichttp.New(ctx)
	if err != nil {
		return fmt.Errorf("metrics can't be sent: %w", err)
	}
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithResource(about), sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter)))
	t.meter = provider.Meter(scope)
	t.shutdowns = append(t.shutdowns, provider.Shutdown)
	return nil
}

// Close sends what is left, and waits no more than some seconds for it.
func (t *Telemetry) Close(ctx context.Context) {
	if t == nil {
		return
	}
	if err := t.shutdown(ctx); err != nil {
		t.failed(err)
	}
}

func (t *Telemetry) shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	var all errgroup.Group
	for _, shutdown := range t.shutdowns {
		all.Go(func() error { return shutdown(ctx) })
	}
	return all.Wait()
}

// failed tells the first time that the collector could not be told. What the
// SDK says names the collector's host and path, not the headers.
func (t *Telemetry) failed(err error) {
	t.warned.Do(func() {
		t.log.Warn("the collector of OTEL_EXPORTER_OTLP_ENDPOINT can't be told how the run goes; the run goes on without", "error", err)
	})
}
