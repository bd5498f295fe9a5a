package telemetry

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// instruments are what is measured. The names are told of in docs/monitoring.md.
type instruments struct {
	rows        metric.Int64Counter
	rowTime     metric.Float64Histogram
	commands    metric.Int64Counter
	requestTime metric.Float64Histogram
	noCreations metric.Int64Gauge
}

// rowBounds and requestBounds are the bounds of histograms, in seconds: a row
// may wait minutes until the tenant shows a new contact.
func rowBounds() []float64 {
	return []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600}
}

func requestBounds() []float64 {
	return []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180}
}

func newInstruments(m metric.Meter) (instruments, error) {
	var i instruments
	var errs [5]error
	i.rows, errs[0] = m.Int64Counter("enlist.rows", metric.WithUnit("{row}"), metric.WithDescription("Rows of the input, by what became of them."))
	i.rowTime, errs[1] = m.Float64Histogram("enlist.row.duration", metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(rowBounds()...),
		metric.WithDescription("Time from the first step of a row to the last, waits included."))
	i.commands, errs[2] = m.Int64Counter("enlist.commands", metric.WithUnit("{command}"), metric.WithDescription("Commands sent to Exchange Online, repeated ones included, by the kind of answer."))
	i.requestTime, errs[3] = m.Float64Histogram("http.client.request.duration", metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(requestBounds()...),
		metric.WithDescription("Time until the tenant answers a request."))
	i.noCreations, errs[4] = m.Int64Gauge("enlist.creations.waiting", metric.WithDescription("1 while the tenant takes no further contacts and rows wait for that."))
	return i, errors.Join(errs[:]...)
}

// Pace is how fast the tenant lets requests to one of its APIs go.
type Pace struct {
	Throttled int64   // answers so far that asked to slow down
	InFlight  int     // requests under way
	Rate      float64 // requests a second that may go out now
	Paused    bool    // all wait because the tenant asked for it
}

// ObservePace has the pace told regularly. now must not wait.
func (t *Telemetry) ObservePace(api string, now func() Pace) {
	if t == nil {
		return
	}
	throttled, err1 := t.meter.Int64ObservableCounter("enlist.throttled", metric.WithUnit("{request}"), metric.WithDescription("Answers of the tenant that asked to slow down."))
	rate, err2 := t.meter.Float64ObservableGauge("enlist.pace", metric.WithUnit("{request}/s"), metric.WithDescription("Requests a second that the tenant is believed to allow."))
	active, err3 := t.meter.Int64ObservableGauge("enlist.requests.active", metric.WithUnit("{request}"), metric.WithDescription("Requests under way."))
	paused, err4 := t.meter.Int64ObservableGauge("enlist.paused", metric.WithDescription("1 while all requests wait because the tenant asked for it."))
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.failed(err)
		return
	}
	of := metric.WithAttributes(attribute.String("enlist.api", api))
	_, err := t.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		p := now()
		o.ObserveInt64(throttled, p.Throttled, of)
		o.ObserveFloat64(rate, p.Rate, of)
		o.ObserveInt64(active, int64(p.InFlight), of)
		o.ObserveInt64(paused, number(p.Paused), of)
		return nil
	}, throttled, rate, active, paused)
	if err != nil {
		t.failed(err)
	}
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
