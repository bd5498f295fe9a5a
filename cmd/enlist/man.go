package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newManCommand is for those who package enlist.
func newManCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Short:  "Write a manual page for each command into a folder",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return &usageError{Message: fmt.Sprintf("The manual pages can't be written: %v.", err), NextStep: "Name another folder.", cause: err}
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "enlist " + version, Manual: "enlist"}, args[0])
		},
	}
}

// completeChoices lets shells complete the values of flags that take one of a
// few words.
func completeChoices(cmd *cobra.Command) {
	for name, choices := range flagChoices() {
		if cmd.Flags().Lookup(name) != nil {
			// Fails only for a flag that is not there.
			_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}
