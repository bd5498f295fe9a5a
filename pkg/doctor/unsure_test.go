package doctor_test

import (
	"context"
	"errors"
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
