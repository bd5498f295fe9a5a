package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"enlist/pkg/onboard"
)

// rowSpan is the name of the span of a row.
const rowSpan = "row"

// Command begins the span of the whole command; end tells how it ended.
func (t *Telemetry) Command(ctx context.Context, name string) (_ context.Context, end func(exitCode int)) {
	if t == nil {
		return ctx, func(int) {}
	}
	ctx, span := t.tracer.Start(ctx, "enlist "+name)
	return ctx, func(exitCode int) { endWith(span, exitCode) }
}

func endWith(span trace.Span, exitCode int) {
	span.SetAttributes(attribute.Int("enlist.exit_code", exitCode))
	if exitCode != 0 {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// Step begins the span of something that is done once, such as to read the
// directory; end takes whether it went well. What went wrong is left out, since
// it may name people.
func (t *Telemetry) Step(ctx context.Context, name string) (_ context.Context, end func(error)) {
	if t == nil {
		return ctx, func(error) {}
	}
	ctx, span := t.tracer.Start(ctx, name)
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Facts are what is known of a run before its first row.
type Facts struct {
	ID        string
	Tenant    string
	Source    string // what its input is called
	Simulated bool
	DryRun    bool
}

// Run is a run over one file.
type Run struct {
	telemetry *Telemetry
	span      trace.Span
	source    attribute.KeyValue
}

// Run begins the span of a run over one file. The caller ends it.
func (t *Telemetry) Run(ctx context.Context, f Facts) (context.Context, *Run) {
	if t == nil {
		return ctx, nil
	}
	source := attribute.String("enlist.source", f.Source)
	ctx, span := t.tracer.Start(ctx, "work off the rows", trace.WithAttributes(source,
		attribute.String("enlist.run", f.ID),
		attribute.String("enlist.tenant", f.Tenant),
		attribute.Bool("enlist.simulated", f.Simulated),
		attribute.Bool("enlist.dry_run", f.DryRun)))
	return ctx, &Run{telemetry: t, span: span, source: source}
}

// Row begins the span of a row that is taken up; end takes its outcome. Each row
// is a trace of its own with a link to the run, so that a sampler can choose
// among them, and no trace grows with the input.
func (r *Run) Row(ctx context.Context, row onboard.Row) (_ context.Context, end func(onboard.Outcome)) {
	if r == nil {
		return ctx, func(onboard.Outcome) {}
	}
	begun := time.Now()
	ctx, span := r.telemetry.tracer.Start(ctx, rowSpan, trace.WithTimestamp(begun), trace.WithNewRoot(),
		trace.WithLinks(trace.Link{SpanContext: r.span.SpanContext()}), trace.WithAttributes(attribute.Int("enlist.line", row.Line)))
	return ctx, func(o onboard.Outcome) {
		if !span.IsRecording() {
			return
		}
		span.SetAttributes(
			attribute.String("enlist.verdict", string(o.Verdict)),
			attribute.String("enlist.contact", string(o.Contact.Action)),
			attribute.Int("enlist.groups", len(o.Groups)),
			attribute.Int("enlist.attempts", o.Attempts))
		if o.Problem != nil {
			span.SetAttributes(attribute.String("error.type", string(o.Problem.Code)))
			span.SetStatus(codes.Error, string(o.Problem.Code))
		}
		// Outcomes are told in the order of the input, so this may be later.
		span.End(trace.WithTimestamp(begun.Add(o.Duration)))
	}
}

// Count counts a row that is done with.
func (r *Run) Count(ctx context.Context, o onboard.Outcome) {
	if r == nil {
		return
	}
	m := r.telemetry.instruments
	verdict := metric.WithAttributes(r.source, attribute.String("enlist.verdict", string(o.Verdict)))
	m.rows.Add(ctx, 1, verdict)
	if o.Attempts > 0 {
		m.rowTime.Record(ctx, o.Duration.Seconds(), verdict)
	}
}

// CreationsWait tells whether rows wait because the tenant takes no further
// contacts.
func (r *Run) CreationsWait(yes bool) {
	if r == nil {
		return
	}
	r.telemetry.instruments.noCreations.Record(context.Background(), number(yes), metric.WithAttributes(r.source))
}

// End ends the run's span, with the rows of each verdict.
func (r *Run) End(exitCode int, tally *onboard.Tally) {
	if r == nil {
		return
	}
	for _, v := range onboard.Verdicts() {
		r.span.SetAttributes(attribute.Int("enlist.rows."+string(v), tally.Verdicts[v]))
	}
	endWith(r.span, exitCode)
}
