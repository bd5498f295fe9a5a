package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"enlist/pkg/intake"
	"enlist/pkg/report"
)

// keyEmployeeID is the one field that --key takes.
const keyEmployeeID = "employee_id"

// inputOptions are the flags that tell how the input is to be read.
type inputOptions struct {
	groups    []string
	mapping   []string
	encoding  string
	delimiter string
	quote     string
	headerRow int
	noHeader  bool
	key       string
}

func (o *inputOptions) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.groups, "group", nil, "a group for every row; may be repeated")
	flags.StringArrayVar(&o.mapping, "map", nil, "meaning of a column, as in --map \"Adresa de e-mail=email\"; may be repeated")
	flags.StringVar(&o.encoding, "encoding", "", "character encoding of the file, as in windows-1250 (default: found out)")
	flags.StringVar(&o.delimiter, "delimiter", "", "what stands between fields: , ; | : or the words tab, space (default: found out)")
	flags.StringVar(&o.quote, "quote", "", "what stands around fields: one character, or none (default: found out)")
	flags.IntVar(&o.headerRow, "header-row", 0, "line on which the header stands (default: found out)")
	flags.StringVar(&o.key, "key", "", "by what people are known when their address changes: employee_id, a column of the file")
	flags.BoolVar(&o.noHeader, "no-header", false, "the first line is a row already; name columns by number, as in --map 1=email")
}

func (o *inputOptions) validate() error {
	if o.headerRow < 0 || o.headerRow > 0 && o.noHeader {
		return &usageError{Message: "--header-row takes a line number from 1, and does not go with --no-header."}
	}
	if o.key != "" && o.key != keyEmployeeID {
		return &usageError{Message: fmt.Sprintf("--key does not take %q.", o.key), NextStep: "It takes employee_id, or leave it out."}
	}
	for _, m := range o.mapping {
		if column, field, ok := cutLastEqual(m); !ok || column == "" || field == "" {
			return &usageError{Message: fmt.Sprintf("--map %q is not of the form COLUMN=FIELD.", m),
				NextStep: `Write for example --map "Adresa de e-mail=email".`}
		}
	}
	return nil
}

func (o *inputOptions) intake() intake.Options {
	mapping := map[string]string{}
	for _, m := range o.mapping {
		column, field, _ := cutLastEqual(m)
		mapping[column] = field
	}
	return intake.Options{
		Groups:    o.groups,
		Mapping:   mapping,
		Encoding:  o.encoding,
		Delimiter: o.delimiter,
		Quote:     o.quote,
		HeaderRow: o.headerRow,
		NoHeader:  o.noHeader,
		Key:       o.key,
	}
}

// cutLastEqual splits at the last equals sign, since a column's name may hold
// one and a field's name never does.
func cutLastEqual(s string) (column, field string, ok bool) {
	i := strings.LastIndex(s, "=")
	if i < 0 {
		return "", "", false
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:]), true
}

// spareInputs refuses to write what would take the place of an input.
func (o *runOptions) spareInputs(assignments []assignment) error {
	for _, a := range assignments {
		if o.planOut != "" && sameFile(o.planOut, a.path) {
			return &usageError{Message: fmt.Sprintf("The plan would replace the input %s.", a.path), NextStep: "Name another file with --out."}
		}
		for _, b := range assignments {
			if folder := o.reportFolder(b, ""); report.Replaces(folder, a.path) {
				return &usageError{Message: fmt.Sprintf("The report in the folder %s would replace the input %s, which is never changed or removed.", folder, a.path),
					NextStep: "Name another folder with --report, or leave it out: then each run has a folder of its own beside the input."}
			}
		}
	}
	return nil
}

// openInputs opens the files of all assignments, so that a bad one is found
// before anything is done for the others.
func openInputs(cmd *cobra.Command, assignments []assignment, opts intake.Options) (closeAll func(), err error) {
	closeAll = func() {
		for _, a := range assignments {
			if a.input != nil {
				a.input.Close()
			}
		}
	}
	for i := range assignments {
		a := &assignments[i]
		if err := a.open(cmd.InOrStdin(), opts); err != nil {
			closeAll()
			return nil, err
		}
		if i > 0 {
			a.file.After(assignments[i-1].file)
		}
	}
	return closeAll, nil
}

func (a *assignment) open(in io.Reader, opts intake.Options) (err error) {
	from := a.path
	if a.givenAgain {
		from = stdin
	}
	if a.input, err = reread(from, in); err != nil {
		return err
	}
	if a.givenAgain && a.input.size == 0 {
		return nothingGiven(a.resumed)
	}
	a.file, err = intake.OpenFile(a.input.name, a.input.file, opts)
	return err
}

// openInput opens the file, or standard input for "-", to be read once.
func openInput(cmd *cobra.Command, path string, opts intake.Options) (*intake.File, error) {
	if path == stdin {
		return intake.OpenReader(stdinName, cmd.InOrStdin(), opts)
	}
	return intake.Open(path, opts)
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
