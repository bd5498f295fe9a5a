package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"enlist/pkg/intake"
)

// inputOptions are the flags that tell how the input is to be read.
type inputOptions struct {
	groups  []string
	mapping []string
}

func (o *inputOptions) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.groups, "group", nil, "a group for every row; may be repeated")
	flags.StringArrayVar(&o.mapping, "map", nil, "meaning of a column, as in --map \"Adresa de e-mail=email\"; may be repeated")
}

func (o *inputOptions) validate() error {
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
	return intake.Options{Groups: o.groups, Mapping: mapping}
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

// openInput opens the file, or standard input for "-".
func openInput(cmd *cobra.Command, path string, opts intake.Options) (*intake.File, error) {
	if path == "-" {
		return intake.OpenReader("standard input", cmd.InOrStdin(), opts)
	}
	return intake.Open(path, opts)
}
