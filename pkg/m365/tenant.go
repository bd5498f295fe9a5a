// Package m365 is a Microsoft 365 tenant behind [onboard.Tenant]. It decides
// which of the two APIs answers what:
//
//   - Microsoft Graph gives what is read in bulk: who holds which address, at
//     the start, and the members of the groups that the rows name. It may lag
//     behind by seconds to many minutes.
//   - Exchange gives the truth of this moment and takes all changes.
//
// What was written lies over what Graph tells. With a [snapshot.Store], that
// lasts from run to run, and of the directory only the changes are read. Then
// all is known that enlist could know, and it writes without asking first; where
// the tenant refuses, because somebody else was faster, the truth is asked for.
// Otherwise Exchange is asked before anything is written, and about whatever
// Graph doesn't show; but a directory that was read in full just now is trusted
// about those it doesn't show, for as long as Exchange doesn't contradict it.
package m365

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// Exchange is what is needed of Exchange Online; see [exchange.Client].
type Exchange interface {
	AllowedCommands(ctx context.Context) ([]string, error)
	AcceptedDomains(ctx context.Context) ([]exchange.AcceptedDomain, error)
	RecipientsByAddress(ctx context.Context, addresses ...string) ([]exchange.Recipient, error)
	RecipientsByCustomAttribute(ctx context.Context, number int, values ...string) ([]exchange.Keyed, error)
	NewMailContact(ctx context.Context, n exchange.NewContact) (exchange.Recipient, error)
	SetContact(ctx context.Context, identity string, d exchange.ContactDetails) error
	SetMailContact(ctx context.Context, identity string, s exchange.MailSettings) error
	FindGroups(ctx context.Context, names ...string) ([]exchange.Recipient, error)
	DistributionGroups(ctx context.Context, addresses ...string) ([]exchange.Group, error)
	DistributionGroup(ctx context.Context, identity string) (exchange.Group, error)
	DistributionGroupMembers(ctx context.Context, identity string) ([]exchange.Recipient, error)
	AddDistributionGroupMember(ctx context.Context, group, member string) error
	SetRequireSenderAuthentication(ctx context.Context, group string, required bool) error
	GroupsOf(ctx context.Context, identity string) ([]exchange.Recipient, error)
	RemoveDistributionGroupMember(ctx context.Context, group, member string) error
	RemoveMailContact(ctx context.Context, identity string) error
	AddAllowedSenders(ctx context.Context, group string, senders ...string) error
	RemoveAllowedSenders(ctx context.Context, group string, senders ...string) error
	Referenced(ctx context.Context, references ...string) ([]exchange.Recipient, error)
	ReportToOriginator(ctx context.Context, group string, report bool) error
	RestrictedContacts(ctx context.Context) ([]exchange.RestrictedContact, error)

	ContactAttributes(ctx context.Context, identity string, names ...string) (map[string]string, error)
	MailContactAttributes(ctx context.Context, identity string, names ...string) (map[string]string, error)
	ListContacts(ctx context.Context, changedAfter time.Time, names ...string) iter.Seq2[exchange.ListedContact, error]
	ListMailContacts(ctx context.Context, changedAfter time.Time, names ...string) iter.Seq2[exchange.ListedContact, error]
	ChangeContact(ctx context.Context, identity string, values map[string]any) error
	ChangeMailContact(ctx context.Context, identity string, values map[string]any) error
	AddMailContactAddresses(ctx context.Context, identity string, proxies ...string) error

	NewDistributionGroup(ctx context.Context, n exchange.NewGroup) (exchange.Group, error)
	RemoveDistributionGroup(ctx context.Context, identity string) error
	UnifiedGroup(ctx context.Context, identity string) (exchange.Group, error)
	SetUnifiedRequireSenderAuthentication(ctx context.Context, group string, required bool) error
	AddUnifiedAllowedSenders(ctx context.Context, group string, senders ...string) error
	RemoveUnifiedAllowedSenders(ctx context.Context, group string, senders ...string) error
}

// Graph is what is needed of Microsoft Graph; see [graph.Client].
type Graph interface {
	Recipients(ctx context.Context, from graph.Collection) iter.Seq2[graph.Recipient, error]
	Latest(ctx context.Context, of graph.Collection) (graph.Link, error)
	Changes(ctx context.Context, since graph.Link) ([]graph.Change, graph.Link, error)

	Count(ctx context.Context, of graph.Collection) (int, error)
	Find(ctx context.Context, from graph.Collection, addresses []string) ([]graph.Recipient, error)

	GroupMembers(ctx context.Context, groupID string) iter.Seq2[graph.Member, error]
	CountMembers(ctx context.Context, groupIDs ...string) ([]graph.MemberCount, error)
	MemberOf(ctx context.Context, from graph.Collection, ids ...string) ([][]string, error)
	LatestMembers(ctx context.Context, groupIDs ...string) (graph.Link, error)
	MemberChanges(ctx context.Context, since graph.Link) ([]graph.GroupChange, graph.Link, error)

	Invite(ctx context.Context, i graph.Invitation) (userID string, err error)
	AddGroupMember(ctx context.Context, groupID, userID string) error
	RemoveGroupMember(ctx context.Context, groupID, userID string) error
	User(ctx context.Context, id string) (graph.User, error)
	GroupsOfUser(ctx context.Context, id string) iter.Seq2[graph.GroupOfUser, error]
	DeleteUser(ctx context.Context, id string) error

	CloudManaged(ctx context.Context, groupID string) (bool, error)
}

// Options configure a [Tenant].
type Options struct {
	// Store keeps the directory from run to run; nil means that nothing is kept.
	Store *snapshot.Store
	// Addresses are those that the run is about, each once, if it is known beforehand
	// and they are few: then they may be looked up instead of the directory read.
	Addresses []string
	// Groups are those that the run's rows name, in the words of the rows, as far as
	// they are known beforehand: these are looked up and read together.
	Groups []string
	// Invitations say how guests are invited; nil means that none are.
	Invitations *Invitations
	// Logger tells what is read and why; nil means silence.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Tenant is a Microsoft 365 tenant. Call Load before anything else.
type Tenant struct {
	exchange  Exchange
	graph     Graph
	store     *snapshot.Store // nil: nothing is kept
	addresses []string        // that the run is about; none: not known, or too many
	named     []string        // groups that the run is about, as far as known
	log       *slog.Logger
	now       func() time.Time

	invitations *Invitations // nil: nobody is invited
	changes     bool         // the run may change the tenant

	domains     []exchange.AcceptedDomain
	directory   directory
	written     *written
	lookups     *lookups[exchange.Recipient]
	keys        memo[*lookups[exchange.Keyed]] // by custom attribute
	groups      memo[[]onboard.Group]
	rosters     memo[*roster]
	counts      memo[onboard.MemberCount] // of members, by the group's id
	memberships memo[map[string]bool]     // groups that Exchange tells, by the recipient's reference
	links       memberLinks
	rounds      memo[struct{}]         // by the link that was gone on from
	parts       []part                 // of the attributes
	prints      memo[*snapshot.Prints] // by the cmdlet; nil: not known
	managers    memo[bool]             // whether two references mean the same one
	touched     idSet                  // contacts that may not be any more as the prints say
	senderLists memo[*senderList]
	restricted  memo[map[string]onboard.Restriction]
	begun       memo[struct{}]
	settled     settled
	made        madeGroups
}

var _ onboard.Tenant = (*Tenant)(nil)

// New gives a tenant that is reached through the two clients.
func New(e Exchange, g Graph, o Options) *Tenant {
	t := &Tenant{exchange: e, graph: g, store: o.Store, addresses: o.Addresses, named: o.Groups, log: o.Logger, now: o.Now, invitations: o.Invitations, written: newWritten()}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.now == nil {
		t.now = time.Now
	}
	t.lookups = newLookups(exchange.MaxAddresses, e.RecipientsByAddress, holds)
	t.parts = allParts(e)
	return t
}

var (
	_ Exchange = (*exchange.Client)(nil)
	_ Graph    = (*graph.Client)(nil)
)

// Load reads what every run needs: the organisation's accepted domains, who
// holds which address, and of the groups that the run is known to be about the
// settings and the members. It thereby finds out, before anything is written, whether
// both APIs can be reached and let the app read. commands are the cmdlets that
// the run will use for its changes, none if it makes none; as far as Exchange
// tells, they are checked to be allowed.
func (t *Tenant) Load(ctx context.Context, commands ...string) error {
	t.changes = len(commands) > 0
	loads, loading := errgroup.WithContext(ctx)
	loads.Go(func() error { return t.checkAllowed(loading, commands) })
	loads.Go(func() error {
		domains, err := t.exchange.AcceptedDomains(loading)
		if err != nil {
			return fmt.Errorf("the organisation's accepted domains could not be read from Exchange: %w", exchangeError(err))
		}
		t.domains = domains
		return nil
	})
	var goesOn bool
	directoryRead := make(chan struct{})
	loads.Go(func() (err error) {
		if goesOn, err = t.readDirectory(loading); err == nil {
			close(directoryRead)
		}
		return err
	})
	var named []onboard.Group
	loads.Go(func() error {
		named = t.lookUpNamed(loading)
		t.readMembers(loading, named, directoryRead)
		return nil
	})
	if err := loads.Wait(); err != nil {
		return err
	}
	if goesOn {
		t.recall(ctx) // which needs the accepted domains
	}
	for _, g := range named {
		if roster, ok := t.rosters.known(g.ID); ok {
			t.written.shown(g, roster.members)
		}
	}
	return nil
}

// OwnDomain tells whether the domain is one of the organisation's accepted
// domains, or below one that takes its subdomains in.
func (t *Tenant) OwnDomain(_ context.Context, domain string) (bool, error) {
	return t.isOwn(domain), nil
}

func (t *Tenant) isOwn(domain string) bool {
	domain = strings.ToLower(domain)
	return slices.ContainsFunc(t.domains, func(d exchange.AcceptedDomain) bool {
		own := strings.ToLower(d.DomainName)
		return domain == own || bool(d.MatchSubDomains) && strings.HasSuffix(domain, "."+own)
	})
}

// checkAllowed fails when Exchange says which commands the app's roles allow,
// and one that is needed is not among them. When it doesn't say, nothing is
// known, and the run will show.
func (t *Tenant) checkAllowed(ctx context.Context, needed []string) error {
	if len(needed) == 0 {
		return nil
	}
	allowed, err := t.exchange.AllowedCommands(ctx)
	if err != nil || len(allowed) == 0 {
		t.log.Debug("Exchange does not tell which commands are allowed", "error", err)
		return nil
	}
	var missing []string
	for _, command := range needed {
		if !slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, command) }) {
			missing = append(missing, command)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the app's Exchange roles do not allow %s: give it the roles 'Mail Recipient Creation', 'Mail Recipients', 'Distribution Groups' and 'Security Group Creation and Membership': %w",
		strings.Join(missing, ", "), onboard.ErrDenied)
}
