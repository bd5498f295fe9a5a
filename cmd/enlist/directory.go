package main

import (
	"context"
	"errors"
	"log/slog"

	"enlist/pkg/m365/snapshot"
)

// openDirectory opens what is kept of the tenant's directory: it is in the state
// file, beside the record of runs, under the tenant's id, since a tenant has
// several names. A run can do without.
func openDirectory(ctx context.Context, o *runOptions, tenantID string, logger *slog.Logger) *snapshot.Store {
	path, err := o.statePath()
	if err != nil || path == "" {
		return nil
	}
	store, err := snapshot.Open(ctx, path, tenantID)
	if err != nil {
		logger.Warn("the directory is read from the tenant in full and not kept", "error", err)
		return nil
	}
	return store
}

// keepDirectory keeps what the run has written for the next one.
func (c *connection) keepDirectory(ctx context.Context, logger *slog.Logger) {
	if err := c.tenant.Keep(context.WithoutCancel(ctx)); err != nil {
		logger.Warn("what was written can't be kept; the next run asks Exchange before it writes", "error", err)
	}
}

// keepTakenAway keeps what an undo has taken away, which Microsoft Graph may go on
// showing to the next run for a while.
func (c *connection) keepTakenAway(ctx context.Context, o *runOptions, logger *slog.Logger) {
	ctx = context.WithoutCancel(ctx)
	store := openDirectory(ctx, o, c.exchange.TenantID(), logger)
	if store == nil {
		return
	}
	if err := errors.Join(c.tenant.KeepTakenAway(ctx, store), store.Close()); err != nil {
		logger.Warn("what was taken away can't be kept; the next run may believe Microsoft Graph that it is still there", "error", err)
	}
}

func (c *connection) closeDirectory() error {
	if c.directory == nil {
		return nil
	}
	return c.directory.Close()
}
