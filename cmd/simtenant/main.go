// Command simtenant serves one simulated tenant: sign-in, Microsoft Graph and
// Exchange Online's admin API of an invented organisation on one TLS port.
//
// Exit status: 0 after a signal to stop, 1 when it failed, 2 for wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// errUsage marks errors of the command line and of the files that it names.
var errUsage = errors.New("wrong usage")

// usageError is err, marked as the user's to mend.
type usageError struct{ err error }

func (e usageError) Error() string        { return e.err.Error() }
func (e usageError) Unwrap() error        { return e.err }
func (e usageError) Is(target error) bool { return target == errUsage }

// run is main without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	cmd := newServeCommand()
	cmd.AddCommand(newSeedCommand())
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(stderr, "simtenant:", err)
	if errors.Is(err, errUsage) {
		_, _ = fmt.Fprintln(stderr, "Run simtenant --help to see what there is.")
		return 2
	}
	return 1
}
