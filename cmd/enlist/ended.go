package main

import (
	"fmt"
	"strings"

	"enlist/pkg/cause"
	"enlist/pkg/notify"
	"enlist/pkg/report"
)

// runEnded is how a command ended that has been reported already: all there is
// left to say is the exit code, and which files were not done.
type runEnded struct {
	code exitCode
	runs []*report.Summary // one for each file that was done, in order
	left []string          // files that were not, since a run before was stopped
	err  error             // that stopped them, if no run tells
}

func (e *runEnded) Error() string { return fmt.Sprintf("the run ended with exit code %d", e.code) }

// add takes in how one more run ended.
func (e *runEnded) add(s *report.Summary) {
	e.runs = append(e.runs, s)
	e.code = worse(e.code, exitCode(s.ExitCode))
}

// stopped reports whether the last run ended before its last row.
func (e *runEnded) stopped() bool {
	n := len(e.runs)
	return n > 0 && e.runs[n-1].StoppedBecause != ""
}

// leave notes that files are not done. err is the reason, if that is not the one
// for which the last run was stopped.
func (e *runEnded) leave(rest []assignment, err error) {
	for _, a := range rest {
		e.left = append(e.left, a.input.name)
	}
	if e.err = err; err != nil {
		e.code = worse(e.code, stoppedCode(err))
	}
}

// explain tells which files are not done, and why.
func (e *runEnded) explain() string {
	if len(e.left) == 0 {
		return ""
	}
	return strings.TrimLeft(e.because()+"\n", "\n") + "Not done: " + strings.Join(e.left, ", ") + ". Run what is left when the cause is mended: what is done is found, not done twice."
}

// because says why not all was done, if no run tells.
func (e *runEnded) because() string {
	switch {
	case e.err == nil:
		return ""
	case exitCodeOf(e.err) == exitInterrupted, exitCodeOf(e.err) == exitDeadline:
		return because(e.err)
	}
	return "Error: " + cause.Text(e.err)
}

// news are what there is to tell of the runs.
func (e *runEnded) news() notify.News {
	if len(e.runs) == 1 && len(e.left) == 0 {
		return newsFrom(e.runs[0])
	}
	first, last := e.runs[0], e.runs[len(e.runs)-1]
	news := notify.News{
		ExitCode:  int(e.code),
		Problem:   problemOf(e.because()),
		Tenant:    first.Tenant,
		Simulated: first.Simulated,
		Verdicts:  map[string]int{},
		Started:   first.Started,
		Ended:     last.Ended,
	}
	var names []string
	for _, s := range e.runs {
		file := newsFrom(s)
		news.Files = append(news.Files, notify.File{Input: file.Input, Run: file.Run, Rows: file.Rows, Verdicts: file.Verdicts,
			Report: file.Report, ExitCode: file.ExitCode, Problem: file.Problem})
		news.Rows += file.Rows
		for verdict, rows := range file.Verdicts {
			news.Verdicts[verdict] += rows
		}
		if file.Problem != "" {
			news.Problem = file.Problem
		}
		names = append(names, file.Input)
	}
	for _, name := range e.left {
		news.Files = append(news.Files, notify.File{Input: name, ExitCode: int(e.code), Problem: "It was not done."})
		names = append(names, name)
	}
	news.Input = strings.Join(names, ", ")
	return news
}
