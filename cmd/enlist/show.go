package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"enlist/pkg/journal"
)

// showOptions are the flags of show.
type showOptions struct {
	where  lookup
	person string
	group  string
	json   bool
}

func newShowCommand() *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:   "show [RUN]",
		Short: "Show what a run did, or who was put where when, and why",
		Long: `Shows what RUN did in the tenant. With --person or --group, shows what was done
for that person or to that group, by which run, and from which line of which
file, over all recorded runs or in RUN only.`,
		Example: `  enlist show 20260824T220000Z-3f1a
  enlist show --person ana.pop@fabrikam.example
  enlist show --group partners@contoso.com --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && o.person == "" && o.group == "" {
				return &usageError{Message: "Nothing was named to show.",
					NextStep: "Name a run (see enlist history), a person with --person ADDRESS, or a group with --group ADDRESS."}
			}
			return show(cmd, &o, args)
		},
	}
	o.where.register(cmd.Flags())
	cmd.Flags().StringVar(&o.person, "person", "", "address of a person")
	cmd.Flags().StringVar(&o.group, "group", "", "address of a group")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return cmd
}

// shown is what show prints as JSON.
type shown struct {
	Run     *journal.Run     `json:"run,omitempty"`
	Changes []journal.Change `json:"changes"`
}

func show(cmd *cobra.Command, o *showOptions, args []string) error {
	ctx := cmd.Context()
	filter := journal.Filter{Person: o.person, Group: o.group}
	var found shown
	if len(args) == 1 {
		run, _, err := o.where.find(ctx, args[0])
		if err != nil {
			return err
		}
		found.Run, filter.Run = &run, run.ID
	}
	j, err := o.where.read(ctx)
	if err != nil {
		return err
	}
	defer j.Close()
	if found.Changes, err = j.Changes(ctx, filter); err != nil {
		return err
	}
	if o.json {
		return printJSON(cmd.OutOrStdout(), found)
	}
	out := &printer{w: cmd.OutOrStdout()}
	if found.Run != nil {
		printRun(out, *found.Run)
	}
	printChanges(out, found.Changes)
	return out.err
}

func printRun(out *printer, r journal.Run) {
	out.line("Run      %s", r.ID)
	out.line("Tenant   %s", r.Tenant)
	out.line("Input    %s (%s)", r.Input, r.Source)
	out.line("SHA-256  %s", r.SHA256)
	out.line("Started  %s, took %s", r.Started.Local().Format("2006-01-02 15:04:05 MST"), took(r))
	out.line("Result   %s", resultOf(r))
	if r.StoppedBecause != "" {
		out.line("Stopped  %s", r.StoppedBecause)
	}
	out.line("Report   %s", r.Report)
	out.line("")
}

func printChanges(out *printer, changes []journal.Change) {
	if len(changes) == 0 {
		out.line("Nothing was changed.")
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHEN\tWHAT\tPERSON\tGROUP\tRUN\tFROM")
	for _, c := range changes {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", c.When.Local().Format("2006-01-02 15:04:05"), doing(c), c.Person, c.Group, c.Run, origin(c))
	}
	out.note(table.Flush())
}

// doing says in words what a change was.
func doing(c journal.Change) string {
	text := map[string]string{
		journal.CreateContact:      "contact created",
		journal.InviteGuest:        "guest invited",
		journal.SetAttributes:      "attributes set",
		journal.CreateGroup:        "group created",
		journal.UpdateContact:      "attributes brought up to date",
		journal.AddMember:          "added to group",
		journal.OpenGroup:          "group opened to outside senders",
		journal.AllowSender:        "listed as sender",
		journal.ReportToOriginator: "delivery reports go to who wrote",
		journal.RemoveMember:       "taken out of group",
		journal.RemoveContact:      "contact removed",
		journal.RestoreContact:     "attributes set back",
		journal.CloseGroup:         "group closed to outside senders",
		journal.RestoreMember:      "put back into group",
		journal.RecreateContact:    "contact created anew",
		journal.CompleteContact:    "contact completed as it was",
		journal.RemoveSender:       "taken off the listed senders",
		journal.RestoreSender:      "put back on the listed senders",
		journal.StopReports:        "delivery reports go to nobody",
		journal.RemoveGroup:        "group removed",
		journal.RemoveGuest:        "guest deleted",
	}[c.What]
	if !c.Certain {
		text += " (not confirmed)"
	}
	return text
}

// origin is the line and the file that a change goes back to.
func origin(c journal.Change) string {
	if c.Line == 0 {
		return c.Input
	}
	return fmt.Sprintf("line %d of %s", c.Line, c.Input)
}
