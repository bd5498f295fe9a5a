// Package m365 is a Microsoft 365 tenant behind [onboard.Tenant]. It decides
// which of the two APIs answers what:
//
//   - Microsoft Graph gives what is read in bulk: all mail contacts, once at
//     the start, and the members of the groups that the rows name. It may lag
//     behind by seconds to many minutes.
//   - Exchange gives the truth of this moment and takes all changes. It is
//     asked before anything is written, and about whatever Graph doesn't show.
//
// What the run itself has done is laid over both.
package m365

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

// Exchange is what is needed of Exchange Online; see [exchange.Client].
type Exchange interface {
	AllowedCommands(ctx context.Context) ([]string, error)
	AcceptedDomains(ctx context.Context) ([]exchange.AcceptedDomain, error)
	RecipientsByAddress(ctx context.Context, address string) ([]exchange.Recipient, error)
	NewMailContact(ctx context.Context, n exchange.NewContact) (exchange.Recipient, error)
	SetContact(ctx context.Context, identity string, d exchange.ContactDetails) error
	SetMailContact(ctx context.Context, identity string, s exchange.MailSettings) error
	FindGroups(ctx context.Context, name string) ([]exchange.Recipient, error)
	DistributionGroup(ctx context.Context, identity string) (exchange.Group, error)
	DistributionGroupMembers(ctx context.Context, identity string) ([]exchange.Recipient, error)
	AddDistributionGroupMember(ctx context.Context, group, member string) error
	SetRequireSenderAuthentication(ctx context.Context, group string, required bool) error
	AddAllowedSenders(ctx context.Context, group string, senders ...string) error
	Referenced(ctx context.Context, references ...string) ([]exchange.Recipient, error)
	ReportToOriginator(ctx context.Context, group string) error
}

// Graph is what is needed of Microsoft Graph; see [graph.Client].
type Graph interface {
	Contacts(ctx context.Context) iter.Seq2[graph.Contact, error]
	GroupMembers(ctx context.Context, groupID string) iter.Seq2[graph.Member, error]
}

// Tenant is a Microsoft 365 tenant. Call Load before anything else.
type Tenant struct {
	exchange Exchange
	graph    Graph
	log      *slog.Logger

	domains     []exchange.AcceptedDomain
	contacts    *contactBook
	groups      memo[[]onboard.Group]
	rosters     memo[*roster]
	senderLists memo[*senderList]
}

var _ onboard.Tenant = (*Tenant)(nil)

// New gives a tenant that is reached through the two clients. A nil logger
// means silence.
func New(e Exchange, g Graph, log *slog.Logger) *Tenant {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Tenant{exchange: e, graph: g, log: log, contacts: newContactBook()}
}

// Load reads what every run needs: the organisation's accepted domains and all
// its mail contacts. It thereby finds out, before anything is written, whether
// both APIs can be reached and let the app read. commands are the cmdlets that
// the run will use for its changes; as far as Exchange tells, they are checked
// to be allowed.
func (t *Tenant) Load(ctx context.Context, commands ...string) error {
	loads, ctx := errgroup.WithContext(ctx)
	loads.Go(func() error { return t.checkAllowed(ctx, commands) })
	loads.Go(func() error {
		domains, err := t.exchange.AcceptedDomains(ctx)
		if err != nil {
			return fmt.Errorf("the organisation's accepted domains could not be read from Exchange: %w", exchangeError(err))
		}
		t.domains = domains
		return nil
	})
	loads.Go(func() error {
		for c, err := range t.graph.Contacts(ctx) {
			if err != nil {
				return fmt.Errorf("the mail contacts could not be read from Microsoft Graph (this needs the permission OrgContact.Read.All): %w", graphError(err))
			}
			t.contacts.remember(c)
		}
		return nil
	})
	if err := loads.Wait(); err != nil {
		return err
	}
	t.log.Debug("read the directory", "accepted_domains", len(t.domains), "addresses_of_contacts", t.contacts.addresses())
	return nil
}

// OwnDomain tells whether the domain is one of the organisation's accepted
// domains, or below one that takes its subdomains in.
func (t *Tenant) OwnDomain(_ context.Context, domain string) (bool, error) {
	domain = strings.ToLower(domain)
	for _, d := range t.domains {
		own := strings.ToLower(d.DomainName)
		if domain == own || bool(d.MatchSubDomains) && strings.HasSuffix(domain, "."+own) {
			return true, nil
		}
	}
	return false, nil
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
