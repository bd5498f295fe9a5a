package config

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// Example gives a file in which every setting stands commented out, with what
// it is for and the value that holds without it.
func Example(intro string, keys []Key) ([]byte, error) {
	var b bytes.Buffer
	for line := range strings.Lines(intro) {
		b.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	for _, key := range keys {
		value, err := key.example()
		if err != nil {
			return nil, fmt.Errorf("setting %s: %w", key.Name, err)
		}
		fmt.Fprintf(&b, "\n# %s\n", key.Usage)
		for _, k := range key.Entry {
			fmt.Fprintf(&b, "# - %s: %s\n", k.Name, k.Usage)
		}
		for line := range strings.Lines(value) {
			b.WriteString("#" + line)
		}
	}
	return b.Bytes(), nil
}

// example is the setting as it stands in a file.
func (k Key) example() (string, error) {
	var value any = cmp.Or(k.Default, k.Sample)
	switch k.Kind {
	case Number, Switch, Duration, Scalar:
		return k.Name + ": " + k.Default + "\n", nil
	case List:
		value = []string{}
		if k.Default != "" {
			value = strings.Split(k.Default, ",")
		}
	case Mapping:
		return k.Name + ":\n  Column name: " + k.Choices[0] + "\n", nil
	case Entries:
		return k.exampleEntry()
	}
	text, err := yaml.MarshalWithOptions(map[string]any{k.Name: value}, yaml.IndentSequence(true))
	return string(text), err
}

// exampleEntry is the setting with one entry.
func (k Key) exampleEntry() (string, error) {
	text := k.Name + ":\n"
	before := "  - "
	for _, setting := range k.Entry {
		line, err := setting.example()
		if err != nil {
			return "", err
		}
		text += before + line
		before = "    "
	}
	return text, nil
}
