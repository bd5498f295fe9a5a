package journal_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"enlist/pkg/onboard"
)

// A guest goes when the person has not made anything of the invitation.
func TestUndoOfAnInvitation(t *testing.T) {
	for _, tt := range []struct {
		name    string
		guest   onboard.GuestState
		noGuest error
		kept    string // part of the reason
	}{
		{name: "as it was", guest: onboard.GuestState{Created: time.Now()}},
		{name: "created at an unknown time"},
		{name: "accepted", guest: onboard.GuestState{Accepted: true}, kept: "has accepted the invitation"},
		{name: "in a group", guest: onboard.GuestState{Groups: []string{"licences"}}, kept: "The guest is in licences."},
		{name: "there before", guest: onboard.GuestState{Created: time.Now().Add(-24 * time.Hour)}, kept: "was there before the run"},
		{name: "gone", noGuest: onboard.ErrRecipientNotFound, kept: "does not exist any more"},
		{name: "not to be seen", noGuest: onboard.ErrDenied, kept: "may not read and delete users"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, m := statePath(t), newMemory()
			did(t, path, m, func(ctx context.Context, tenant onboard.Tenant) error {
				_, err := tenant.InviteGuest(ctx, onboard.Contact{Email: "ana@fabrikam.example"})
				return err
			})
			u := &undoable{memory: m, guest: tt.guest, noGuest: tt.noGuest}
			kept, err := undoLast(t, path, u)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case tt.kept == "" && !slices.Equal(u.done, []string{"delete ana@fabrikam.example"}):
				t.Errorf("done: %q, left as it is: %q", u.done, kept)
			case tt.kept != "" && (len(u.done) > 0 || len(kept) != 1 || !strings.Contains(kept[0], tt.kept)):
				t.Errorf("done: %q, left as it is: %q; want for the reason %q", u.done, kept, tt.kept)
			}
		})
	}
}

// Without the permission to delete users, all else is taken back all the same.
func TestUndoWithoutThePermissionToDeleteGuests(t *testing.T) {
	path, m := statePath(t), newMemory()
	did(t, path, m, func(ctx context.Context, tenant onboard.Tenant) error {
		if _, err := tenant.InviteGuest(ctx, onboard.Contact{Email: "ana@fabrikam.example"}); err != nil {
			return err
		}
		_, err := tenant.CreateContact(ctx, onboard.Contact{Email: "ben@fabrikam.example"})
		return err
	})
	u := &undoable{memory: m, noDeletion: true}
	kept, err := undoLast(t, path, u)
	if err != nil || len(kept) != 1 || !slices.Equal(u.done, []string{"remove ben@fabrikam.example"}) {
		t.Errorf("%v, done: %q, left as it is: %q", err, u.done, kept)
	}
}
