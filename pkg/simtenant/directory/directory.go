package directory

import (
	"sync"
	"time"

	"github.com/google/uuid"
)

// Options are the settings of a directory. The zero value is a directory with
// the default company, without delays, kept in memory only.
type Options struct {
	// Seed is what the organisation looks like at first; nil for [DefaultSeed].
	// It is not looked at when StateFile exists already.
	Seed *Seed
	// StateFile keeps every change on disk; empty keeps nothing. See [Open].
	StateFile string
	// Now tells the time; nil for time.Now.
	Now func() time.Time

	// DomainControllers is how many of them Exchange has; 0 for 3.
	DomainControllers int
	// ReplicationDelay is how long the other domain controllers take to see a change.
	ReplicationDelay time.Duration
	// GraphDelay is how long Graph takes to see what came through Exchange.
	GraphDelay time.Duration

	// CreationQuota is how many contacts and mail users may be made within
	// CreationWindow; 0 for no limit. What the seed brings does not count.
	CreationQuota int
	// CreationWindow is the moving window of the quota; 0 for 24 hours. The
	// service publishes neither number.
	CreationWindow time.Duration
}

// Tenant is the organisation itself.
type Tenant struct {
	ID     uuid.UUID `json:"id"`
	Domain string    `json:"domain"` // the initial domain, such as contoso.onmicrosoft.com
	// AcceptedDomains are all domains of the organisation, Domain included.
	AcceptedDomains []string `json:"accepted_domains"`
}

// Directory is the organisation. Its methods may be called concurrently.
type Directory struct {
	opts    Options
	tenant  Tenant
	apps    []App
	domains map[string]bool

	mu      sync.RWMutex
	slots   []slot
	groups  []uint32 // the slots that are groups
	change  uint64
	recent  []stamp              // changes that some view may not see yet
	ids     map[uuid.UUID]uint32 // by ID and by GUID
	indexes indexes
	retired []retiredKey
	created []int64 // when the objects that count against the quota were made
	strings interner
	log     *changeLog // nil without a state file
}

func newDirectory(opts Options) *Directory {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.DomainControllers <= 0 {
		opts.DomainControllers = 3
	}
	if opts.CreationWindow <= 0 {
		opts.CreationWindow = 24 * time.Hour
	}
	return &Directory{
		opts:    opts,
		domains: map[string]bool{},
		ids:     map[uuid.UUID]uint32{},
		indexes: newIndexes(),
		strings: interner{},
	}
}

// Tenant tells the organisation's id and domains.
func (d *Directory) Tenant() Tenant { return d.tenant }

// Apps lists the applications that are registered in the organisation.
func (d *Directory) Apps() []App { return d.apps }

// App finds an application by its client id.
func (d *Directory) App(clientID string) (App, bool) {
	for _, a := range d.apps {
		if a.ClientID == clientID {
			return a, true
		}
	}
	return App{}, false
}

// IsAcceptedDomain reports whether domain belongs to the organisation.
func (d *Directory) IsAcceptedDomain(domain string) bool {
	return d.domains[AddressKey(domain)]
}

// DomainControllers is how many domain controllers Exchange has.
func (d *Directory) DomainControllers() int { return d.opts.DomainControllers }

func (d *Directory) setTenant(t Tenant) {
	d.tenant = t
	for _, domain := range t.AcceptedDomains {
		d.domains[AddressKey(domain)] = true
	}
}

// record notes that a change was made.
func (d *Directory) record(s stamp) {
	d.change = max(d.change, s.change)
	if s.at != 0 {
		d.recent = append(d.recent, s)
	}
}

// settled reports whether a change is old enough for every view to see it.
func (d *Directory) settled(s stamp, now int64) bool {
	longest := max(d.opts.ReplicationDelay, d.opts.GraphDelay)
	return s.at == 0 || now >= s.at+int64(longest)
}

// object is the state of a slot in the truth; nil when it is gone.
func (d *Directory) object(slot uint32) *Object {
	if v := &d.slots[slot].latest; !v.gone {
		return v.object
	}
	return nil
}

// interner makes equal strings share their memory. Companies and departments
// repeat by the thousand.
type interner map[string]string

// internLimit bounds what an interner holds on to.
const internLimit = 1 << 16

func (in interner) of(s string) string {
	if have, ok := in[s]; ok {
		return have
	}
	if len(in) < internLimit {
		in[s] = s
	}
	return s
}
