package main

import (
	"context"
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

func (c *connection) closeDirectory() error {
	if c.directory == nil {
		return nil
	}
	return c.directory.Close()
}
