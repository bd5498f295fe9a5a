package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"enlist/pkg/config"
	"enlist/pkg/intake"
)

// defaultConfig is the file that the config commands work on when none is named.
const defaultConfig = "enlist.yaml"

const schemaTitle = "Configuration of enlist"

const configIntro = `Configuration of enlist. Use it with --config FILE or ENLIST_CONFIG.

Every flag of "enlist run" can stand here under its name; what column means what
stands under "mapping", and what holds for some groups only under "groups". A flag on the command line beats the environment
(ENLIST_...), which beats this file. What is commented out shows the default.
Credentials have no place here: they come from the environment (AZURE_...).

Editors with a YAML language server complete and check this file by a schema:
  enlist config schema > enlist.schema.json
yaml-language-server: $schema=enlist.schema.json`

func newConfigCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Write and check the configuration file",
		// The commands below are about a file that may not exist yet, or not
		// be right yet: it must not be read as a setting for them.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fill(cmd.Flags(), environment(os.LookupEnv))
		},
	}
	cmd.AddCommand(newConfigInitCommand(), newConfigCheckCommand(), newConfigSchemaCommand())
	return cmd
}

func newConfigInitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a configuration file that explains every setting",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := config.Example(configIntro, settingKeys())
			if err != nil {
				return err
			}
			path := configPath(cmd, args)
			if err := writeNew(path, text); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Wrote %s. Open it, take the # away before what you want to set, then: enlist config check %s\n", path, path)
			return err
		},
	}
}

// writeNew writes a file that must not exist yet.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return &usageError{Message: path + " exists already.", NextStep: "Name another file, or remove this one.", cause: err}
	}
	if err != nil {
		return &usageError{Message: fmt.Sprintf("The configuration file can't be written: %v.", err), NextStep: "Name another file.", cause: err}
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

func newConfigCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Tell what is wrong in a configuration file, with line and column",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := configPath(cmd, args)
			values, err := config.Read(path, settingKeys())
			if err != nil {
				return unusableConfig(path, err)
			}
			if err := checkTogether(path, values); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is right. It sets %d of %d settings.\n", path, len(values), len(settingKeys()))
			return err
		},
	}
}

// checkTogether finds settings that are right one by one, but not in a run. The
// tenant may come from elsewhere.
func checkTogether(path string, values []config.Value) error {
	var o runOptions
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	o.register(flags)
	from, err := configured(flags, path, values)
	if err != nil {
		return err
	}
	if err := fill(flags, from); err != nil {
		return err
	}
	if o.tenant == "" {
		o.tenant = "sim"
	}
	err = o.validate()
	if wrong, ok := errors.AsType[*usageError](err); ok {
		return &usageError{Message: path + ": " + wrong.Message, NextStep: wrong.NextStep, cause: err}
	}
	return err
}

func newConfigSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the configuration file, for editors",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			schema, err := config.Schema(schemaTitle, settingKeys())
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(schema)
			return err
		},
	}
}

// configPath is the file that a config command works on.
func configPath(cmd *cobra.Command, args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	if path := cmd.Flag("config").Value.String(); path != "" {
		return path
	}
	return defaultConfig
}

// The flag --map is repeated for each column; in the file, all columns stand in
// one mapping under this name.
const mappingKey, mappingFlag = "mapping", "map"

func flagOf(key string) string {
	switch key {
	case mappingKey:
		return mappingFlag
	case rulesKey:
		return rulesFlag
	}
	return key
}

func runFlags() *pflag.FlagSet { return newRunCommand().Flags() }

// settingKeys are the settings of a configuration file: all flags of run.
func settingKeys() []config.Key {
	flags := runFlags()
	flags.SortFlags = false // keep those together that belong together
	var keys []config.Key
	flags.VisitAll(func(f *pflag.Flag) {
		switch {
		case f.Name == rulesFlag:
			keys = append(keys, rulesSetting(flags))
		case !f.Hidden && f.Name != "help":
			keys = append(keys, settingKey(f))
		}
	})
	return keys
}

func settingKey(f *pflag.Flag) config.Key {
	key := config.Key{Name: f.Name, Usage: f.Usage, Default: f.DefValue, Choices: flagChoices()[f.Name]}
	switch f.Value.Type() {
	case "string":
		key.Kind = config.Text
	case "int":
		key.Kind = config.Number
	case "bool":
		key.Kind = config.Switch
	case "duration":
		key.Kind = config.Duration
	case "stringArray", "stringSlice":
		key.Kind = config.List
		key.Default = defaultList(f)
	default:
		key.Kind = config.Scalar
	}
	if f.Name == mappingFlag {
		key = config.Key{Name: mappingKey, Kind: config.Mapping, Choices: intake.Fields(),
			Usage: "meaning of columns, each as COLUMN: FIELD; a column is named by its header or its number"}
	}
	return key
}

// defaultList is a list's default as items between commas; pflag puts brackets
// around it.
func defaultList(f *pflag.Flag) string {
	if len(f.DefValue) < 2 {
		return ""
	}
	return f.DefValue[1 : len(f.DefValue)-1]
}
