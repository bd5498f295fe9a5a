package main

import (
	"context"

	"github.com/spf13/cobra"

	"enlist/pkg/m365/pace"
	"enlist/pkg/telemetry"
)

// observed does the work of a command, and tells the collector that the
// environment names. That it can't be told is a warning.
func observed(ctx context.Context, cmd *cobra.Command, o *runOptions, work func(context.Context) error) error {
	logger := o.logger(cmd.ErrOrStderr())
	collector, err := telemetry.Start(ctx, telemetry.Options{Version: version, Tenant: o.tenant, Logger: logger})
	if err != nil {
		logger.Warn("no collector is told how the run goes", "error", err)
	}
	defer collector.Close(context.WithoutCancel(ctx))
	o.telemetry = collector
	ctx, end := collector.Command(ctx, cmd.Name())
	err = work(ctx)
	end(int(exitCodeOf(err)))
	return err
}

// facts are what the collector is told of a run.
func (r *record) facts(a assignment, o *runOptions) telemetry.Facts {
	return telemetry.Facts{
		ID:        r.run.ID,
		Tenant:    r.run.Tenant,
		Source:    o.state.sourceOf(a),
		Simulated: r.run.Simulated,
		DryRun:    r.run.DryRun,
	}
}

// paceOf tells the collector of a pace.
func paceOf(p *pace.Pacer) func() telemetry.Pace {
	return func() telemetry.Pace {
		s := p.Stats()
		return telemetry.Pace{Throttled: s.Throttled, InFlight: s.InFlight, Rate: s.Rate, Paused: s.Pause > 0}
	}
}
