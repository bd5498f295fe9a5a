package main

import (
	"bufio"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"enlist/pkg/simtenant"
)

func newSeedCommand() *cobra.Command {
	var size simtenant.Size
	var randomSeed uint64
	cmd := &cobra.Command{
		Use:   "seed",
		Short: "Write the seed of a generated organisation",
		Long: `Write the seed of a generated organisation to standard output, for --seed.
The same numbers always give the same organisation.`,
		Example: "simtenant seed --contacts 200000 --groups 500 --members 1000000 > large.json",
		Args:    func(cmd *cobra.Command, args []string) error { return asUsage(cobra.NoArgs(cmd, args)) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			seed, err := simtenant.Generate(size, randomSeed)
			if err != nil {
				return usageError{err}
			}
			out := bufio.NewWriter(cmd.OutOrStdout())
			if err := json.NewEncoder(out).Encode(seed); err != nil {
				return fmt.Errorf("write the seed: %w", err)
			}
			return out.Flush()
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&size.Contacts, "contacts", 1000, "how many mail contacts")
	flags.IntVar(&size.Groups, "groups", 20, "how many distribution groups")
	flags.IntVar(&size.Members, "members", 2000, "how many memberships in all groups together")
	flags.Uint64Var(&randomSeed, "random-seed", 1, "`number` that decides who is who")
	return cmd
}
