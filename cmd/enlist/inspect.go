package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"enlist/pkg/intake"
	"enlist/pkg/onboard"
)

// inspectOptions are the flags of inspect.
type inspectOptions struct {
	input   inputOptions
	records bool
}

func newInspectCommand() *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Tell how a file is read, and what is wrong with it",
		Long: `Reads FILE (- for standard input) as run would, and tells how: the encoding, the
delimiter, which column means what, the first rows, and every row that can't be
used. No tenant is asked.`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return inspect(cmd, &o, args[0])
		},
	}
	o.input.register(cmd.Flags())
	cmd.Flags().BoolVar(&o.records, "rows", false, "print all records as they were read, as JSON Lines, header first")
	return cmd
}

func inspect(cmd *cobra.Command, o *inspectOptions, path string) error {
	if err := o.input.validate(); err != nil {
		return err
	}
	opts := o.input.intake()
	opts.ContactsOnly = true  // a file without groups can be looked at, too
	opts.AnyTable = o.records // and what is in any table
	file, err := openInput(cmd, path, opts)
	if err != nil {
		return err
	}
	defer file.Close()
	if o.records {
		return printRecords(cmd.OutOrStdout(), file)
	}
	return printFindings(cmd.OutOrStdout(), file)
}

func printRecords(w io.Writer, file *intake.File) error {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for record, err := range file.Records() {
		if err != nil {
			return err
		}
		err := lines.Encode(struct {
			Line   int      `json:"line"`
			Record []string `json:"record"`
		}{record.Line, record.Fields})
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	firstRows    = 5  // shown as a table
	shownInvalid = 50 // listed one by one
)

func printFindings(w io.Writer, file *intake.File) error {
	var sample, invalid []onboard.Row
	for row, err := range file.Inspect(firstRows) {
		if err != nil {
			return err
		}
		switch {
		case row.Problem != nil && len(invalid) < shownInvalid:
			invalid = append(invalid, row)
		case row.Problem == nil:
			sample = append(sample, row)
		}
	}
	f := file.Findings()
	out := &printer{w: w}
	printForm(out, f)
	printColumns(out, f)
	printSample(out, sample)
	printTrouble(out, f, invalid)
	if out.err == nil && f.Invalid > 0 {
		return &runEnded{code: exitRowsFailed}
	}
	return out.err
}

// printForm tells how the file is written.
func printForm(out *printer, f intake.Findings) {
	sure := ""
	if !f.Encoding.Sure {
		sure = " (not certain)"
	}
	out.line("File        %s", f.Name)
	out.line("Encoding    %s%s: %s", f.Encoding.Name, sure, f.Encoding.Why)
	out.line("Delimiter   %s", delimiterName(f.Dialect.Delimiter))
	if f.HeaderLine > 0 {
		out.line("Header      on line %d", f.HeaderLine)
	} else {
		out.line("Header      none")
	}
	out.line("Rows        %d, of which %d can't be used", f.Rows, f.Invalid)
	for _, l := range f.Preamble {
		out.line("Set aside   line %d, before the header: %s", l.Number, l.Text)
	}
	for _, l := range f.Footer {
		out.line("Set aside   line %d, after the data: %s", l.Number, l.Text)
	}
}

func delimiterName(d string) string {
	switch d {
	case "\t":
		return "tab"
	case " ":
		return "space"
	}
	return d
}

func printColumns(out *printer, f intake.Findings) {
	out.line("")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "COLUMN\tNAME\tMEANS")
	for _, c := range f.Columns {
		field := c.Field
		if field == "" {
			field = "(not used)"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\n", c.Number, c.Name, field)
	}
	out.note(table.Flush())
}

func printSample(out *printer, rows []onboard.Row) {
	if len(rows) == 0 {
		return
	}
	out.line("")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LINE\tEMAIL\tDISPLAY NAME\tGROUPS")
	for _, r := range rows {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", r.Line, r.Contact.Email, r.Contact.DisplayName, strings.Join(r.Groups, "; "))
	}
	out.note(table.Flush())
}

func printTrouble(out *printer, f intake.Findings, invalid []onboard.Row) {
	if len(f.Warnings) > 0 {
		out.line("")
	}
	for _, warning := range f.Warnings {
		out.line("Warning: %s%s", place(warning), warning.Message)
	}
	if f.WarningsLeftOut > 0 {
		out.line("… and %d more warnings.", f.WarningsLeftOut)
	}
	if len(invalid) > 0 {
		out.line("")
	}
	for _, r := range invalid {
		out.line("%s %s", sentence(r.Problem.Message), r.Problem.NextStep)
	}
	if left := f.Invalid - len(invalid); left > 0 {
		out.line("… and %d more rows that can't be used.", left)
	}
}

// sentence gives text a capital letter and a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

func place(w intake.Warning) string {
	text := ""
	if w.Line > 0 {
		text = fmt.Sprintf("line %d, ", w.Line)
	}
	if w.Column != "" {
		text += w.Column + ", "
	}
	return text
}

// printer writes lines until the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) Write(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.w.Write(b)
	p.note(err)
	return n, err
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *printer) note(err error) {
	if p.err == nil {
		p.err = err
	}
}
