package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"enlist/pkg/doctor"
)

// TestEveryCommandHasARole wants a role for each command that some flag asks for,
// in what doctor prints to grant it.
func TestEveryCommandHasARole(t *testing.T) {
	var o runOptions
	o.register(pflag.NewFlagSet("", pflag.ContinueOnError))
	o.contact.update, o.create, o.m365Groups, o.prune.what = true, true, "guest", pruneContacts
	commands := o.commands()
	if len(commands) != 9 {
		t.Errorf("%d commands with all flags: %v", len(commands), commands)
	}
	for _, command := range commands {
		var script bytes.Buffer
		if err := (doctor.Script{Commands: []string{command}}).Write(&script); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(script.String(), `-Roles ""`) {
			t.Errorf("%s has no role", command)
		}
	}
}
