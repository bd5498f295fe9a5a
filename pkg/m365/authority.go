package m365

import (
	"context"

	"enlist/pkg/onboard"
)

// mayChange reports whether a group that Exchange calls synchronised can be changed
// in the cloud all the same, since the authority over it was moved there. Whether
// Exchange goes on calling it so is not documented; Graph tells. Where it can't, the
// group is taken to be what Exchange calls it.
func (t *Tenant) mayChange(ctx context.Context, g onboard.Group) bool {
	managed, err := t.graph.CloudManaged(ctx, g.ID)
	if err != nil {
		t.log.Warn("Microsoft Graph does not tell who has the authority over a synchronised group", "group", g.Address, "error", err)
		return false
	}
	return managed
}
