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
	"strings"

	"golang.org/x/sync/errgroup"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

// Exchange is what is needed of Exchange Online; see [exchange.Client].
type Exchange interface {
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

	domains  []exchange.AcceptedDomain
	contacts *contactBook
	groups   memo[[]onboard.Group]
	rosters  memo[*roster]
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
// both APIs can be reached and let the app read.
func (t *Tenant) Load(ctx context.Context) error {
	loads, ctx := errgroup.WithContext(ctx)
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
