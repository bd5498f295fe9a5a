package doctor_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/doctor"
	"enlist/pkg/m365/exchange"
)

// reticent is Exchange in a tenant that doesn't tell what an app may do.
type reticent struct {
	doctor.Exchange
	trouble error // with the switch for groups that others manage
}

func (reticent) AllowedCommands(context.Context) ([]string, error) {
	return nil, exchange.ErrForbidden
}

func (r reticent) Invoke(context.Context, exchange.Command) (exchange.Result, error) {
	return exchange.Result{}, r.trouble
}

// allowing is Exchange in a tenant that lets the app run some commands.
type allowing struct {
	doctor.Exchange
	commands []string
}

func (a allowing) AllowedCommands(context.Context) ([]string, error) { return a.commands, nil }

// changes are the commands that runs may need, by their role.
var changes = map[string]string{
	"New-MailContact": "Mail Recipient Creation", "Remove-MailContact": "Mail Recipient Creation",
	"Set-MailContact": "Mail Recipients", "Set-Contact": "Mail Recipients", "Set-UnifiedGroup": "Mail Recipients",
	"New-DistributionGroup": "Distribution Groups", "Set-DistributionGroup": "Distribution Groups",
	"Add-DistributionGroupMember": "Distribution Groups", "Remove-DistributionGroupMember": "Distribution Groups",
}

func TestEachMissingCommandIsNamedWithItsRole(t *testing.T) {
	app := leastApp()
	setup := setupFor(t, app, app.Secret)
	connect := setup.Exchange
	setup.Commands = slices.Sorted(maps.Keys(changes))
	for lacking, role := range changes {
		setup.Exchange = func(ctx context.Context) (doctor.Exchange, error) {
			client, err := connect(ctx)
			return allowing{client, slices.DeleteFunc(slices.Clone(setup.Commands), func(c string) bool { return c == lacking })}, err
		}
		checks, text := ill(t, setup)
		if diff := cmp.Diff([]string{"exchange.commands: failed"}, checks); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lacking, diff)
		}
		if want := "do not allow " + lacking + "; that takes the role " + role + "\n"; !strings.Contains(text, want) {
			t.Errorf("%q is not said in:\n%s", want, text)
		}
	}
}

// An app has its Exchange roles by a role group of Exchange, or by a directory
// role of Entra.
func TestDirectoryRoles(t *testing.T) {
	for role, want := range map[string][]string{
		"Global Administrator":             nil,
		"Exchange Administrator":           nil,
		"Exchange Recipient Administrator": {"exchange.any_group: failed"},
		"Global Reader":                    {"exchange.commands: failed"},
		"Reports Reader":                   {"exchange.role: failed"},
	} {
		app := leastApp()
		app.ExchangeRoles = []string{role}
		checks, text := ill(t, setupFor(t, app, app.Secret))
		if diff := cmp.Diff(want, checks); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", role, diff, text)
		}
	}
}

// What can't be found out is no failure: whether every tenant lets apps ask for
// their commands is not known.
func TestWhatCantBeFoundOutIsAWarning(t *testing.T) {
	for _, tt := range []struct {
		trouble error
		want    []string
	}{
		{exchange.ErrObjectNotFound, []string{"exchange.commands: warning"}},
		{errors.New("something new"), []string{"exchange.commands: warning", "exchange.any_group: warning"}},
		{exchange.ErrUnknownParameter, []string{"exchange.commands: warning", "exchange.any_group: failed"}},
	} {
		app := leastApp()
		setup := setupFor(t, app, app.Secret)
		connect := setup.Exchange
		setup.Exchange = func(ctx context.Context) (doctor.Exchange, error) {
			client, err := connect(ctx)
			return reticent{client, tt.trouble}, err
		}
		checks, _ := ill(t, setup)
		if diff := cmp.Diff(tt.want, checks); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.trouble, diff)
		}
	}
}
