package telemetry

import (
	"os"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/time/rate"
)

// rowsPerSecond is how many rows are traced when nobody has said how many: a
// million of them must not swamp the collector.
const rowsPerSecond = 5

// defaultSampler takes everything but rows, and of these some each second. It
// is nil when OTEL_TRACES_SAMPLER has one chosen.
func defaultSampler() sdktrace.Sampler {
	if os.Getenv(samplerVariable) != "" {
		return nil
	}
	return sdktrace.ParentBased(sparing{rate.NewLimiter(rowsPerSecond, rowsPerSecond)})
}

// sparing samples rows within a limit.
type sparing struct{ rows *rate.Limiter }

func (s sparing) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	decision := sdktrace.RecordAndSample
	if p.Name == rowSpan && !s.rows.Allow() {
		decision = sdktrace.Drop
	}
	return sdktrace.SamplingResult{Decision: decision, Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState()}
}

func (s sparing) Description() string { return "some rows a second, and all else" }
