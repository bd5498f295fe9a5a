package m365

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/cloud"
	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/pace"
	"enlist/pkg/onboard"
)

// fakeExchange answers from its fields and notes what it was asked.
type fakeExchange struct {
	Exchange // nil: a call that a test doesn't expect panics

	mu         sync.Mutex
	asked      []string
	domains    []exchange.AcceptedDomain
	recipients map[string][]exchange.Recipient
	groups     map[string][]exchange.Recipient
	settings   map[string]exchange.Group
	members    map[string][]exchange.Recipient
	groupsOf   map[string][]exchange.Recipient // by identity
	create     func(exchange.NewContact) (exchange.Recipient, error)
	add        error
	allowed    []string
	// jointRefused is the error of questions about several groups together.
	jointRefused error
}

func (f *fakeExchange) AllowedCommands(context.Context) ([]string, error) {
	if f.allowed == nil {
		return nil, errors.New("no such endpoint")
	}
	return f.allowed, nil
}

func (f *fakeExchange) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprintf(format, args...))
}

func (f *fakeExchange) AcceptedDomains(context.Context) ([]exchange.AcceptedDomain, error) {
	return f.domains, nil
}

func (f *fakeExchange) RecipientsByAddress(_ context.Context, addresses ...string) ([]exchange.Recipient, error) {
	slices.Sort(addresses)
	f.note("holders %s", strings.Join(addresses, " "))
	var found []exchange.Recipient
	for _, a := range addresses {
		found = append(found, f.recipients[a]...)
	}
	return found, nil
}

func (f *fakeExchange) NewMailContact(_ context.Context, n exchange.NewContact) (exchange.Recipient, error) {
	f.note("new %s", n.Name)
	return f.create(n)
}

func (f *fakeExchange) FindGroups(_ context.Context, names ...string) ([]exchange.Recipient, error) {
	f.note("find %s", strings.Join(names, ", "))
	var found []exchange.Recipient
	for _, name := range names {
		found = append(found, f.groups[name]...)
	}
	return found, f.joint(len(names))
}

// joint is the error of a question about so many things together.
func (f *fakeExchange) joint(n int) error {
	if n > 1 {
		return f.jointRefused
	}
	return nil
}

func (f *fakeExchange) DistributionGroups(_ context.Context, addresses ...string) ([]exchange.Group, error) {
	f.note("settings of %d", len(addresses))
	var found []exchange.Group
	for _, g := range f.settings {
		if slices.ContainsFunc(addresses, g.Holds) {
			found = append(found, g)
		}
	}
	return found, f.joint(len(addresses))
}

func (f *fakeExchange) DistributionGroup(_ context.Context, identity string) (exchange.Group, error) {
	f.note("settings %s", identity)
	return f.settings[identity], nil
}

func (f *fakeExchange) DistributionGroupMembers(_ context.Context, identity string) ([]exchange.Recipient, error) {
	f.note("members %s", identity)
	return f.members[identity], nil
}

func (f *fakeExchange) AddDistributionGroupMember(_ context.Context, group, member string) error {
	f.note("add %s to %s", member, group)
	return f.add
}

// fakeGraph is what Graph would tell. A link is how many changes came before it.
type fakeGraph struct {
	recipients             map[graph.Collection][]graph.Recipient
	changes                map[graph.Collection][]graph.Change
	members                map[string][]graph.Member
	joins                  map[string][]graph.MemberChange
	err                    map[graph.Collection]error
	membersErr             error // of reading any group's members
	countsErr, memberOfErr error
	writes                 error           // of everything that changes something
	managed                map[string]bool // synced groups with their authority in the cloud, by id
	resync                 bool            // no link is good any more
	// singleLinks: there is no link for several groups.
	singleLinks bool
	size        int // of each collection, if it is larger than what is told of it

	mu    sync.Mutex
	asked []string

	user         graph.User
	groupsOfUser []graph.GroupOfUser
}

// CloudManaged says so of the groups in f.managed, and fails if that is nil.
func (f *fakeGraph) CloudManaged(_ context.Context, groupID string) (bool, error) {
	if f.managed == nil {
		return false, errors.New("out of order")
	}
	return f.managed[groupID], nil
}

func (f *fakeGraph) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprintf(format, args...))
}

func (f *fakeGraph) Recipients(_ context.Context, from graph.Collection) iter.Seq2[graph.Recipient, error] {
	f.note("all %s", from)
	return stream(f.recipients[from], f.err[from])
}

func (f *fakeGraph) Count(_ context.Context, of graph.Collection) (int, error) {
	f.note("count %s", of)
	return max(len(f.recipients[of]), f.size), f.err[of]
}

func (f *fakeGraph) Find(_ context.Context, from graph.Collection, addresses []string) ([]graph.Recipient, error) {
	f.note("find %d in %s", len(addresses), from)
	var found []graph.Recipient
	for _, r := range f.recipients[from] {
		if slices.Contains(addresses, r.Mail) {
			found = append(found, r)
		}
	}
	return found, f.err[from]
}

func (f *fakeGraph) Latest(_ context.Context, of graph.Collection) (graph.Link, error) {
	return graph.Link(fmt.Sprintf("%s %d", of, len(f.changes[of]))), nil
}

func (f *fakeGraph) Changes(_ context.Context, since graph.Link) ([]graph.Change, graph.Link, error) {
	if f.resync {
		return nil, "", graph.ErrResync
	}
	var of graph.Collection
	var n int
	if _, err := fmt.Sscanf(string(since), "%s %d", &of, &n); err != nil {
		return nil, "", err
	}
	f.note("changes of %s", of)
	next, err := f.Latest(context.Background(), of)
	return f.changes[of][n:], next, err
}

func (f *fakeGraph) GroupMembers(_ context.Context, id string) iter.Seq2[graph.Member, error] {
	f.note("members")
	members, ok := f.members[id]
	if f.membersErr != nil {
		return stream[graph.Member](nil, f.membersErr)
	}
	if !ok {
		return stream[graph.Member](nil, &graph.Error{Status: 404})
	}
	return stream(members, nil)
}

// CountMembers counts f.size members of each group that has any, if that is more than are told of.
func (f *fakeGraph) CountMembers(_ context.Context, groupIDs ...string) ([]graph.MemberCount, error) {
	f.note("count members of %d", len(groupIDs))
	counts := make([]graph.MemberCount, len(groupIDs))
	for i, id := range groupIDs {
		counts[i].All = len(f.members[id])
		if counts[i].All > 0 {
			counts[i].All = max(counts[i].All, f.size)
		}
		counts[i].Contacts = counts[i].All
	}
	return counts, f.countsErr
}

func (f *fakeGraph) MemberOf(_ context.Context, from graph.Collection, ids ...string) ([][]string, error) {
	f.note("groups of %d %s", len(ids), from)
	of := make([][]string, len(ids))
	for i, id := range ids {
		for group, members := range f.members {
			if slices.ContainsFunc(members, func(m graph.Member) bool { return m.ID == id }) {
				of[i] = append(of[i], group)
			}
		}
	}
	return of, f.memberOfErr
}

func (f *fakeGraph) LatestMembers(_ context.Context, groupIDs ...string) (graph.Link, error) {
	f.note("link for %d", len(groupIDs))
	if len(groupIDs) > 1 && f.singleLinks {
		return "", &graph.Error{Status: 400, Code: "Request_UnsupportedQuery"}
	}
	return f.memberLink(groupIDs), nil
}

// memberLink has for each group how many changes came before it.
func (f *fakeGraph) memberLink(groupIDs []string) graph.Link {
	var parts []string
	for _, id := range groupIDs {
		parts = append(parts, fmt.Sprintf("%s %d", id, len(f.joins[id])))
	}
	return graph.Link(strings.Join(parts, ";"))
}

func (f *fakeGraph) MemberChanges(_ context.Context, since graph.Link) ([]graph.GroupChange, graph.Link, error) {
	if f.resync {
		return nil, "", graph.ErrResync
	}
	f.note("changes of members")
	var changes []graph.GroupChange
	var groups []string
	for part := range strings.SplitSeq(string(since), ";") {
		var group string
		var n int
		if _, err := fmt.Sscanf(part, "%s %d", &group, &n); err != nil {
			return nil, "", err
		}
		groups = append(groups, group)
		c := graph.GroupChange{ID: group, Members: f.joins[group][n:]}
		if _, ok := f.members[group]; !ok {
			c.Removed = &struct{}{}
		}
		if c.Removed != nil || len(c.Members) > 0 {
			changes = append(changes, c)
		}
	}
	return changes, f.memberLink(groups), nil
}

// guid gives an id that is easy to tell from others.
func guid(n int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", n) }

func contactsOf(recipients ...graph.Recipient) map[graph.Collection][]graph.Recipient {
	return map[graph.Collection][]graph.Recipient{graph.Contacts: recipients}
}

func stream[T any](values []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
		if err != nil {
			var zero T
			yield(zero, err)
		}
	}
}

func loaded(t *testing.T, e *fakeExchange, g *fakeGraph) *Tenant {
	t.Helper()
	tenant := New(e, g, Options{})
	if err := tenant.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return tenant
}

func TestHoldersFromTheDirectoryCostNothing(t *testing.T) {
	e := &fakeExchange{}
	tenant := loaded(t, e, &fakeGraph{recipients: contactsOf(graph.Recipient{
		ID: guid(1), DisplayName: "Ana", Mail: "Ana@Fabrikam.example",
		ProxyAddresses: []string{"SMTP:Ana@Fabrikam.example", "smtp:old@fabrikam.example", "X500:/o=x"},
	})})
	for _, address := range []string{"ana@fabrikam.example", "OLD@fabrikam.example"} {
		got, err := tenant.Holders(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		want := []onboard.Recipient{{ID: guid(1), Kind: onboard.KindContact, DisplayName: "Ana", Address: "Ana@Fabrikam.example", Ref: "Ana@Fabrikam.example", Remembered: true}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
	if len(e.asked) != 0 {
		t.Errorf("asked Exchange: %v", e.asked)
	}
}

func TestHoldersOfEveryKindComeFromExchange(t *testing.T) {
	kinds := map[string]onboard.RecipientKind{
		"MailContact": onboard.KindContact, "GuestMailUser": onboard.KindGuest, "MailUser": onboard.KindMailUser,
		"UserMailbox": onboard.KindMailbox, "SharedMailbox": onboard.KindMailbox,
		"GroupMailbox": onboard.KindGroup, "MailUniversalDistributionGroup": onboard.KindGroup, "DynamicDistributionGroup": onboard.KindGroup,
		"PublicFolder": onboard.KindOther,
	}
	for details, want := range kinds {
		e := &fakeExchange{recipients: map[string][]exchange.Recipient{"x@y.example": {{Guid: "g", RecipientTypeDetails: details}}}}
		got, err := loaded(t, e, &fakeGraph{}).Holders(t.Context(), "x@y.example")
		if err != nil || len(got) != 1 || got[0].Kind != want || got[0].Ref != "g" || got[0].Remembered {
			t.Errorf("%s: %+v, %v", details, got, err)
		}
	}
}

func TestOwnDomain(t *testing.T) {
	tenant := loaded(t, &fakeExchange{domains: []exchange.AcceptedDomain{
		{DomainName: "Contoso.example"}, {DomainName: "parent.example", MatchSubDomains: true},
	}}, &fakeGraph{})
	for domain, want := range map[string]bool{
		"contoso.example": true, "CONTOSO.example": true, "sub.contoso.example": false,
		"parent.example": true, "sub.parent.example": true, "grandparent.example": false, "fabrikam.example": false,
	} {
		if got, _ := tenant.OwnDomain(t.Context(), domain); got != want {
			t.Errorf("%s: %v", domain, got)
		}
	}
}

func TestCreatedContactIsFoundThoughNoServerShowsItYet(t *testing.T) {
	e := &fakeExchange{create: func(n exchange.NewContact) (exchange.Recipient, error) {
		return exchange.Recipient{Guid: "guid-1", ExternalDirectoryObjectId: "entra-1", PrimarySmtpAddress: n.ExternalEmailAddress}, nil
	}}
	tenant := loaded(t, e, &fakeGraph{})
	created, err := tenant.CreateContact(t.Context(), onboard.Contact{Email: "Ana@fabrikam.example"})
	if err != nil {
		t.Fatal(err)
	}
	want := onboard.Recipient{ID: "entra-1", Kind: onboard.KindContact, Address: "Ana@fabrikam.example", Ref: "guid-1", New: true}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	for _, look := range []func(context.Context, string) ([]onboard.Recipient, error){tenant.Holders, tenant.CurrentHolders} {
		found, err := look(t.Context(), "ANA@fabrikam.example")
		if err != nil || !slices.Equal(found, []onboard.Recipient{created}) {
			t.Errorf("found %v, %v", found, err)
		}
	}
}

func TestNameTakenByAnotherObject(t *testing.T) {
	e := &fakeExchange{create: func(n exchange.NewContact) (exchange.Recipient, error) {
		if n.Name == "ana@fabrikam.example" {
			return exchange.Recipient{}, exchange.ErrNameInUse
		}
		return exchange.Recipient{Guid: "guid-1"}, nil
	}}
	if _, err := loaded(t, e, &fakeGraph{}).CreateContact(t.Context(), onboard.Contact{Email: "ana@fabrikam.example"}); err != nil {
		t.Fatal(err)
	}
	if len(e.asked) != 2 || !strings.HasPrefix(e.asked[1], "new ana@fabrikam.example_") {
		t.Errorf("asked %v", e.asked)
	}
}

func TestContactName(t *testing.T) {
	long := strings.Repeat("ü", 70) + "@fabrikam.example"
	for _, email := range []string{"Ana.Pop@Fabrikam.example", strings.Repeat("a", 47) + "@fabrikam.example", long, strings.Repeat("😀", 40) + "@x.example"} {
		name := contactName(email)
		if length16(name) > 64 || !utf8.ValidString(name) {
			t.Errorf("%s: %q has %d characters", email, name, length16(name))
		}
		if again := contactName(strings.ToUpper(email)); again != name {
			t.Errorf("%q and %q for the same address", name, again)
		}
	}
	if got := contactName("Ana.Pop@Fabrikam.example"); got != "ana.pop@fabrikam.example" {
		t.Errorf("short address: %q", got)
	}
	if contactName(long) == contactName("ü"+long) {
		t.Error("two long addresses share a Name")
	}
}

func TestGroups(t *testing.T) {
	list := func(guid, address, display string) exchange.Recipient {
		return exchange.Recipient{Guid: guid, ExternalDirectoryObjectId: "entra-" + guid, PrimarySmtpAddress: address, DisplayName: display, RecipientTypeDetails: "MailUniversalDistributionGroup"}
	}
	modern := exchange.Recipient{Guid: "5", PrimarySmtpAddress: "m365@contoso.example", RecipientTypeDetails: "GroupMailbox"}
	mailbox := exchange.Recipient{Guid: "6", PrimarySmtpAddress: "bo@contoso.example", RecipientTypeDetails: "UserMailbox"}
	e := &fakeExchange{
		groups: map[string][]exchange.Recipient{
			"News":                 {list("1", "news@contoso.example", "News"), list("2", "news2@contoso.example", "News")},
			"news@contoso.example": {list("1", "news@contoso.example", "News"), list("3", "odd@contoso.example", "news@contoso.example")},
			"m365":                 {modern, mailbox},
			"bo":                   {mailbox},
		},
		settings: map[string]exchange.Group{
			"1": {IsDirSynced: true, RequireSenderAuthenticationEnabled: true},
		},
	}
	tenant := loaded(t, e, &fakeGraph{})
	addresses := func(name string) string {
		groups, err := tenant.Groups(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, g := range groups {
			all = append(all, fmt.Sprintf("%s %s synced=%v inside=%v", g.ID, g.Address, g.OnPremisesSynced, g.InsideSendersOnly))
		}
		return strings.Join(all, ", ")
	}
	for name, want := range map[string]string{
		"News":                 "entra-1 news@contoso.example synced=true inside=true, entra-2 news2@contoso.example synced=false inside=false",
		"news@contoso.example": "entra-1 news@contoso.example synced=true inside=true",
		"m365":                 "5 m365@contoso.example synced=false inside=false",
		"bo":                   "",
		"nobody":               "",
	} {
		if got := addresses(name); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	before := len(e.asked)
	addresses("NEWS")
	if len(e.asked) != before {
		t.Errorf("asked again for a group that is known: %v", e.asked[before:])
	}
}

// Exchange may call a group synchronised whose authority was moved to the cloud.
func TestGroupsWithTheirAuthorityInTheCloud(t *testing.T) {
	list := func(guid, name string) []exchange.Recipient {
		return []exchange.Recipient{{Guid: guid, ExternalDirectoryObjectId: "entra-" + guid, DisplayName: name, RecipientTypeDetails: "MailUniversalDistributionGroup"}}
	}
	for name, tt := range map[string]struct {
		managed map[string]bool
		synced  bool
	}{
		"moved":                 {map[string]bool{"entra-1": true}, false},
		"not moved":             {map[string]bool{}, true},
		"as far as can be told": {nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := &fakeExchange{
				groups:   map[string][]exchange.Recipient{"Old": list("1", "Old")},
				settings: map[string]exchange.Group{"1": {IsDirSynced: true}},
			}
			groups, err := loaded(t, e, &fakeGraph{managed: tt.managed}).Groups(t.Context(), "Old")
			if err != nil || len(groups) != 1 || groups[0].OnPremisesSynced != tt.synced {
				t.Errorf("got %+v, %v; want one group, synced: %v", groups, err, tt.synced)
			}
		})
	}
}

func TestIsMember(t *testing.T) {
	group := onboard.Group{ID: guid(9), Ref: "guid-g"}
	e := &fakeExchange{members: map[string][]exchange.Recipient{"guid-g": {{ExternalDirectoryObjectId: "late"}, {PrimarySmtpAddress: "Unsaid@x.example"}}}}
	g := &fakeGraph{members: map[string][]graph.Member{guid(9): {{ID: guid(1)}}}}
	tenant := loaded(t, e, g)
	is := func(r onboard.Recipient) bool {
		member, err := tenant.IsMember(t.Context(), group, r)
		if err != nil {
			t.Fatal(err)
		}
		return member
	}
	if !is(onboard.Recipient{ID: guid(1)}) || len(e.asked) != 0 {
		t.Errorf("a member that Graph shows; asked %v", e.asked)
	}
	if is(onboard.Recipient{ID: "new", Address: "n@x.example", New: true}) || len(e.asked) != 0 {
		t.Errorf("a contact of this run; asked %v", e.asked)
	}
	if !is(onboard.Recipient{ID: "late"}) || !is(onboard.Recipient{ID: "?", Address: "unsaid@x.example"}) {
		t.Error("members that only Exchange shows")
	}
	if is(onboard.Recipient{ID: "stranger", Address: "s@x.example"}) {
		t.Error("a stranger")
	}
	if diff := cmp.Diff([]string{"members guid-g"}, e.asked); diff != "" {
		t.Errorf("asked Exchange (-want +got):\n%s", diff)
	}
	stranger := onboard.Recipient{ID: "stranger", Address: "s@x.example", Ref: "guid-s"}
	if err := tenant.AddMember(t.Context(), group, stranger); err != nil || !is(stranger) {
		t.Errorf("after it was added: %v", err)
	}
}

func TestGroupThatGraphDoesNotShowYet(t *testing.T) {
	e := &fakeExchange{members: map[string][]exchange.Recipient{"guid-g": {{ExternalDirectoryObjectId: "m"}}}}
	member, err := loaded(t, e, &fakeGraph{}).IsMember(t.Context(), onboard.Group{ID: guid(8), Ref: "guid-g"}, onboard.Recipient{ID: "m"})
	if err != nil || !member {
		t.Errorf("%v, %v", member, err)
	}
}

func TestWhatErrorsMean(t *testing.T) {
	signIn := func(temporary bool) error {
		return fmt.Errorf("token: %w", &cloud.SignInError{Message: "no", Temporary: temporary})
	}
	for _, tt := range []struct {
		translate func(error) error
		err, want error
	}{
		{exchangeError, exchange.ErrAddressInUse, onboard.ErrAlreadyExists},
		{exchangeError, exchange.ErrCreationQuota, onboard.ErrCreationQuota},
		{exchangeError, exchange.ErrObjectNotFound, onboard.ErrRecipientNotFound},
		{exchangeError, exchange.ErrForbidden, onboard.ErrDenied},
		{exchangeError, &pace.GaveUpError{Err: exchange.ErrThrottled}, onboard.ErrThrottled},
		{exchangeError, &pace.GaveUpError{Err: errors.New("?")}, onboard.ErrUnavailable},
		{exchangeError, errors.Join(exchange.ErrUnavailable, exchange.ErrUncertain), onboard.ErrUncertain},
		{exchangeError, signIn(false), onboard.ErrDenied},
		{graphError, signIn(true), onboard.ErrUnavailable},
		{groupError, exchange.ErrObjectNotFound, onboard.ErrGroupNotFound},
		{groupError, exchange.ErrRecipientNotFound, onboard.ErrRecipientNotFound},
		{graphError, &graph.Error{Status: 403}, onboard.ErrDenied},
	} {
		got := tt.translate(tt.err)
		if !errors.Is(got, tt.want) || !errors.Is(got, tt.err) || got.Error() != tt.err.Error() {
			t.Errorf("%v became %v", tt.err, got)
		}
	}
	if exchangeError(nil) != nil || groupError(nil) != nil {
		t.Error("no error became one")
	}
}

func TestLoadSaysWhatItCouldNotRead(t *testing.T) {
	err := New(&fakeExchange{}, &fakeGraph{err: map[graph.Collection]error{graph.Contacts: &graph.Error{Status: 403, Code: "Authorization_RequestDenied"}}}, Options{}).Load(t.Context())
	if !errors.Is(err, onboard.ErrDenied) || !strings.Contains(err.Error(), "OrgContact.Read.All") {
		t.Errorf("err = %v", err)
	}
}

func TestLoadStopsWhenACommandIsNotAllowed(t *testing.T) {
	for _, tt := range []struct {
		allowed []string
		missing string
	}{
		{nil, ""}, // not told
		{[]string{"get-recipient", "new-mailcontact", "Add-DistributionGroupMember"}, ""},
		{[]string{"Get-Recipient", "New-MailContact"}, "Add-DistributionGroupMember"},
	} {
		err := New(&fakeExchange{allowed: tt.allowed}, &fakeGraph{}, Options{}).Load(t.Context(), "New-MailContact", "Add-DistributionGroupMember")
		if tt.missing == "" && err != nil {
			t.Errorf("%v: %v", tt.allowed, err)
		}
		if tt.missing != "" && (!errors.Is(err, onboard.ErrDenied) || !strings.Contains(err.Error(), "allow "+tt.missing+":")) {
			t.Errorf("%v: %v", tt.allowed, err)
		}
	}
}
