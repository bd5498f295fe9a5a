package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"enlist/pkg/journal"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// historyOptions are the flags of history.
type historyOptions struct {
	where        lookup
	json         bool
	forget       string
	forgetPerson string
}

func newHistoryCommand() *cobra.Command {
	var o historyOptions
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List the runs that are recorded, or forget some",
		Long: `Lists the runs that the state file records, the last one first. See show for
what one of them did.

--forget removes what is recorded of the runs that began longer ago, and
--forget-person what is recorded of one person. Reports are files of their own:
delete those, too. A run that is forgotten can't be gone on with.`,
		Example: `  enlist history
  enlist history --forget 400d
  enlist history --forget-person ana.pop@fabrikam.example`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.forget != "":
				return forgetRuns(cmd, &o)
			case o.forgetPerson != "":
				return forgetPerson(cmd, &o)
			}
			return listRuns(cmd, &o)
		},
	}
	o.where.register(cmd.Flags())
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	cmd.Flags().StringVar(&o.forget, "forget", "", "forget the runs that began longer ago, as in 400d")
	cmd.Flags().StringVar(&o.forgetPerson, "forget-person", "", "forget what is recorded of the person with this address")
	cmd.MarkFlagsMutuallyExclusive("forget", "forget-person", "json")
	return cmd
}

func listRuns(cmd *cobra.Command, o *historyOptions) error {
	ctx := cmd.Context()
	j, err := o.where.read(ctx)
	if err != nil {
		return err
	}
	defer j.Close()
	runs, err := j.Runs(ctx)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(cmd.OutOrStdout(), runs)
	}
	out := &printer{w: cmd.OutOrStdout()}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RUN\tSTARTED\tTOOK\tSOURCE\tROWS\tRESULT\tEXIT CODE")
	for _, r := range runs {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", r.ID, r.Started.Local().Format("2006-01-02 15:04:05"), took(r), r.Source, r.Rows, resultOf(r), codeOf(r))
	}
	out.note(table.Flush())
	return out.err
}

func took(r journal.Run) string {
	if r.Ended.Before(r.Started) { // not ended, or the clock was set back
		return "-"
	}
	return r.Ended.Sub(r.Started).Round(time.Second).String()
}

// resultOf tells how many rows there were of each verdict.
func resultOf(r journal.Run) string {
	if r.Ended.IsZero() {
		return "not ended"
	}
	switch {
	case r.Undoes != "" && r.Complete:
		return "taken back"
	case r.Undoes != "":
		return "not all taken back"
	}
	var parts []string
	for _, v := range onboard.Verdicts() {
		if n := r.Verdicts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	if len(parts) == 0 {
		return "no rows"
	}
	return strings.Join(parts, ", ")
}

func codeOf(r journal.Run) string {
	if r.Ended.IsZero() {
		return "-"
	}
	return strconv.Itoa(r.ExitCode)
}

func forgetRuns(cmd *cobra.Command, o *historyOptions) error {
	age, err := parseAge(o.forget)
	if err != nil {
		return &usageError{Message: fmt.Sprintf("--forget does not take %q: %v.", o.forget, err), NextStep: "Write for example --forget 400d."}
	}
	return o.change(cmd.Context(), func(ctx context.Context, j *journal.Journal) error {
		gone, err := j.ForgetRuns(ctx, time.Now().Add(-age))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Forgot %d runs. Their reports, if they are still there, are for you to delete.\n", gone)
		return err
	})
}

func forgetPerson(cmd *cobra.Command, o *historyOptions) error {
	return o.change(cmd.Context(), func(ctx context.Context, j *journal.Journal) error {
		if err := o.forgetDirectory(ctx); err != nil {
			return err
		}
		gone, err := j.ForgetPerson(ctx, o.forgetPerson)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Forgot %d records of %s. Reports and input files that name the person are for you to delete.\n", gone, o.forgetPerson)
		return err
	})
}

// forgetDirectory forgets the tenant's directory, which may name the person too.
// The next run reads it anew.
func (o *historyOptions) forgetDirectory(ctx context.Context) error {
	path, err := o.where.path()
	if err != nil {
		return err
	}
	return snapshot.Forget(ctx, path)
}

// change does something to the state file while no run does.
func (o *historyOptions) change(ctx context.Context, do func(context.Context, *journal.Journal) error) error {
	path, err := o.where.path()
	if err != nil {
		return err
	}
	if err := journal.Exists(path); err != nil {
		return err
	}
	j, err := journal.Open(ctx, path)
	if err != nil {
		return err
	}
	defer j.Close()
	return do(ctx, j)
}

// parseAge reads a duration that may be in days.
func parseAge(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("%q is no number of days", days)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	age, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, errors.New("it is neither a number of days, such as 30d, nor a duration, such as 36h")
	case age < 0:
		return 0, errors.New("it is negative")
	}
	return age, nil
}

func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
