package doctor

import (
	"context"
	"errors"
	"iter"

	"enlist/pkg/cause"
	"enlist/pkg/m365/graph"
)

// Permissions of Microsoft Graph of which one is enough, the least first
// (learn.microsoft.com/graph/api: orgcontact-list, group-list-members,
// user-list, invitation-post, group-post-members, user-sendmail).
var (
	contactReaders = []string{"OrgContact.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	memberReaders  = []string{"GroupMember.Read.All", "Group.Read.All", "GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	userReaders    = []string{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	inviters       = []string{"User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}
	memberWriters  = []string{"GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"}
	mailSenders    = []string{"Mail.Send"}
)

// graphPermissions are those that the run needs or is better off with.
func (s Setup) graphPermissions() []permission {
	const api = "Microsoft Graph"
	needed := []permission{
		{check: "permission.contacts", api: api, enough: contactReaders},
		{check: "permission.groups", api: api, enough: memberReaders},
	}
	if s.KeepsDirectory {
		needed = append(needed, permission{check: "permission.users", api: api, enough: userReaders,
			otherwise: "Exchange is asked about each address that is not a mail contact's, which takes longer"})
	}
	if s.InvitesGuests {
		needed = append(needed,
			permission{check: "permission.invite", api: api, enough: inviters},
			permission{check: "permission.add_guests", api: api, enough: memberWriters})
	}
	if s.SendsMail {
		needed = append(needed, permission{check: "permission.mail", api: api, enough: mailSenders,
			otherwise: "nobody is told by e-mail how a run ended"})
	}
	return needed
}

// checkGraph finds out whether contacts and members can be read.
func (e *examination) checkGraph(ctx context.Context) {
	claims, known := e.signIn(ctx, "token.graph", e.Identity.Graph, "reach.sign_in", "clock", "certificate")
	if known {
		for _, p := range e.graphPermissions() {
			e.checkPermission(claims, p)
		}
	}
	if e.need("read.contacts", "reach.graph", "token.graph", "permission.contacts") {
		_, err := first(ctx, e.Graph.Contacts)
		e.noteRead("read.contacts", "mail contacts", err)
	}
	if e.need("read.groups", "reach.graph", "token.graph", "permission.groups") {
		e.noteRead("read.groups", "groups and their members", e.readGroups(ctx))
	}
}

// readGroups reads a group and a member of it, if there is any.
func (e *examination) readGroups(ctx context.Context) error {
	group, err := first(ctx, e.Graph.Groups)
	if err != nil || group.ID == "" {
		return err
	}
	_, err = first(ctx, func(ctx context.Context) iter.Seq2[graph.Member, error] {
		return e.Graph.GroupMembers(ctx, group.ID)
	})
	return err
}

// first reads the first object of a list; none is a zero one.
func first[T any](ctx context.Context, list func(context.Context) iter.Seq2[T, error]) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	for object, err := range list(ctx) {
		return object, err
	}
	var none T
	return none, nil
}

func (e *examination) noteRead(check, what string, err error) {
	if err == nil {
		e.ok(check, "Microsoft Graph gives out "+what)
		return
	}
	f := Finding{Check: check, Verdict: Failed, Message: "Microsoft Graph does not give out " + what + ": " + cause.Text(err), Later: true,
		NextStep: "Try again later; if it stays so, give the request-id to Microsoft's support."}
	if errors.Is(err, graph.ErrForbidden) || errors.Is(err, graph.ErrUnauthorized) {
		f.Later = false
		f.NextStep = "A permission that was granted a moment ago needs some minutes to take effect. Otherwise check it. " + printHow
	}
	e.note(f)
}
