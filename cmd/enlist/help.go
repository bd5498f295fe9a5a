package main

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// typeOfFlag matches a flag in the help together with the type of its value, and
// the value that stands for none.
var typeOfFlag = regexp.MustCompile(`(?m)^( +(?:-\w, )?--[\w-]+ )(stringArray|strings|string|int|duration)(\[="[^"]*"\])?( |$)`)

// speakPlainly has the help name the values of flags in words that aren't a
// programming language's.
func speakPlainly(root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		out := cmd.OutOrStdout()
		var text bytes.Buffer
		cmd.SetOut(&text)
		help(cmd, args)
		cmd.SetOut(out)
		_, _ = io.WriteString(out, plainTypes(text.String()))
	})
}

// plainTypes keeps the columns of the help where they are.
func plainTypes(help string) string {
	names := map[string]string{"int": "N", "duration": "TIME"}
	return typeOfFlag.ReplaceAllStringFunc(help, func(flag string) string {
		m := typeOfFlag.FindStringSubmatch(flag)
		name, ok := names[m[2]]
		if !ok {
			name = "TEXT"
		}
		return m[1] + name + m[3] + strings.Repeat(" ", len(m[2])-len(name)) + m[4]
	})
}
