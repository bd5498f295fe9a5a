// Command enlist puts external people on Exchange Online distribution groups,
// from a CSV file: it creates the mail contacts, adds them to their groups,
// lets the groups take mail from outside, and writes one result line for each
// row.
//
// Each command has a file of its own, which only wires packages together and
// turns outcomes into an exit code.
//
// What goes where: results go to standard output, so that they can be kept
// (the summary of a run, the answer of inspect and version). Everything about
// the way there goes to standard error: progress, warnings, errors.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"enlist/pkg/onboard"
)

func main() {
	beFrugal()
	os.Exit(int(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})))
}

// beFrugal makes Go's garbage collector run when the memory in use has grown by
// half, not when it has doubled: what is known of a large directory stays in use
// all through a run, and the time goes into waiting for the tenant. GOGC, as
// documented in package runtime, says otherwise.
func beFrugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run carries out one command line.
func run(args []string, std streams) exitCode {
	ctx, stop := untilInterrupted(context.Background())
	defer stop()
	root := newRootCommand(std)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	code := exitCodeOf(err)
	if text := explain(err); text != "" {
		fmt.Fprintln(root.ErrOrStderr(), text)
	}
	return code
}

// untilInterrupted gives a context that the first interrupt or termination
// signal cancels; the second one ends the process at once, as is usual.
func untilInterrupted(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-signals:
			signal.Stop(signals)
			cancel(onboard.ErrInterrupted)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
		<-done
	}
}
