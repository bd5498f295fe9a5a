package main

import (
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"enlist/pkg/cause"
	"enlist/pkg/report"
	"enlist/pkg/textfile"
)

// gauged carries a run out and writes how it ended to the file of
// --metrics-file, also if it could not begin. That the file can't be written is a
// warning, and changes nothing about the run.
func gauged(cmd *cobra.Command, o *runOptions, assignments []assignment, run func() error) error {
	if o.metricsFile == "" || o.dryRun {
		return run()
	}
	started := time.Now()
	runErr := run()
	if err := textfile.Write(o.metricsFile, o.measures(assignments, started, runErr)); err != nil {
		o.logger(cmd.ErrOrStderr()).Warn("Prometheus can't be told how the run ended; see --metrics-file", "error", cause.Text(err))
	}
	return runErr
}

// measures are how the runs over the files ended, or why they did not begin.
func (o *runOptions) measures(assignments []assignment, started time.Time, err error) []textfile.Run {
	ended := &runEnded{}
	errors.As(err, &ended)
	var all []textfile.Run
	for _, a := range assignments {
		m := textfile.Run{Tenant: o.tenant, Source: o.state.sourceOf(a), Started: started, Ended: time.Now(), ExitCode: int(exitCodeOf(err))}
		i := slices.IndexFunc(ended.runs, func(s *report.Summary) bool { return s.Input.Name == a.path })
		if i >= 0 {
			s := ended.runs[i]
			m.Started, m.Ended, m.ExitCode = s.Started, s.Ended, s.ExitCode
			m.Done = &textfile.Done{Rows: s.Verdicts, Commands: s.Commands, Requests: s.Requests, Throttled: s.Throttled, Opened: len(s.OpenedGroups)}
		}
		all = append(all, m)
	}
	return all
}
