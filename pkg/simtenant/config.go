package simtenant

import (
	"fmt"
	"log"
	"slices"
	"strings"
	"time"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/fault"
	"enlist/pkg/simtenant/throttle"
)

// The app that signs in to a tenant whose seed names none. It has every role.
const (
	DefaultClientID     = directory.DefaultClientID
	DefaultClientSecret = directory.DefaultClientSecret
)

// Config says which tenant to run and how it behaves. Profile gives one with
// the behaviour filled in; the zero Config is the profile "ideal".
type Config struct {
	// Listen is the TCP address to serve on; empty is 127.0.0.1 and a free port.
	Listen string
	// SMTP is the TCP address to take mail on; empty is nowhere.
	SMTP string
	// Seed is the organisation at the start; nil is a small invented company.
	// It is not looked at when StateFile exists.
	Seed *directory.Seed
	// StateFile keeps the organisation across restarts, and StateFile + ".key" the
	// key that signs tokens; empty keeps nothing.
	StateFile string

	// Limits are latency, concurrency, rate and all else about throttling.
	throttle.Limits
	// Faults are there from the start. DELETE /sim/faults ends them too.
	Faults []fault.Fault

	// ReplicationDelay is how long a domain controller of Exchange does not see
	// what was written to another.
	ReplicationDelay time.Duration
	// AffinityMisses is the share, from 0 to 1, of Exchange calls that reach
	// another domain controller than their anchor mailbox leads to.
	AffinityMisses float64
	// GraphDelay is how long Graph does not see what was written to Exchange.
	GraphDelay time.Duration
	// BatchInOrder runs the commands of an Exchange $batch one after the other
	// instead of side by side; which of them the service does is not known.
	BatchInOrder bool
	// GroupConflicts refuses a command that changes a group while another one is
	// changing it.
	GroupConflicts bool
	// CreationQuota is how many contacts may be made within CreationWindow; 0 is
	// any number.
	CreationQuota int
	// CreationWindow is the moving window of CreationQuota; 0 is 24 hours.
	CreationWindow time.Duration
	// TokenLifetime is how long an access token is good for; 0 is one hour.
	TokenLifetime time.Duration

	// Now is the clock of everything but latencies, which really pass; nil is
	// time.Now. A test that turns it need not wait for replication.
	Now func() time.Time
	// RandomSeed decides all that is left to chance.
	RandomSeed uint64
	// ErrorLog gets what goes wrong inside the server, such as failed TLS
	// handshakes; nil discards it.
	ErrorLog *log.Logger
}

// profiles in the order of the table in the package comment.
var profiles = []string{"ideal", "typical", "busy", "hostile"}

// Profiles lists the names that Profile knows.
func Profiles() []string { return slices.Clone(profiles) }

// Profile returns a Config with the behaviour that goes by the name; see the
// package comment for the table.
func Profile(name string) (Config, error) {
	switch name {
	case "ideal":
		return Config{}, nil
	case "typical":
		return Config{
			Limits: throttle.Limits{
				Latency: 120 * time.Millisecond, Concurrency: 10, Rate: 30,
				GraphUnits: 5000, GraphWrites: 3000,
			},
			ReplicationDelay: 5 * time.Second,
			GraphDelay:       15 * time.Second,
		}, nil
	case "busy":
		return Config{
			Limits: throttle.Limits{
				Latency: 400 * time.Millisecond, Jitter: 0.5, Concurrency: 5, Rate: 12,
				GraphUnits: 3500, GraphWrites: 3000,
				Bare: 0.33,
			},
			ReplicationDelay: 15 * time.Second,
			AffinityMisses:   0.02,
			GraphDelay:       time.Minute,
		}, nil
	case "hostile":
		return Config{
			Limits: throttle.Limits{
				Latency: 250 * time.Millisecond, Jitter: 0.9, Concurrency: 5, Rate: 20, Drift: 0.9,
				GraphUnits: 1500, GraphWrites: 1500,
				Bare: 0.5, PlainText: 0.5, Unavailable: 0.25,
			},
			Faults:           hostileFaults(),
			GroupConflicts:   true,
			ReplicationDelay: 20 * time.Second,
			AffinityMisses:   0.1,
			GraphDelay:       90 * time.Second,
		}, nil
	}
	return Config{}, fmt.Errorf("there is no profile %q; there are %s", name, strings.Join(profiles, ", "))
}

// hostileFaults hit one call in 50 together, and for good.
func hostileFaults() []fault.Fault {
	return []fault.Fault{
		{Action: fault.Status, Status: 503, Probability: 0.004},
		{Action: fault.Status, Status: 504, Body: "<html><body><h1>504 Gateway Time-out</h1></body></html>", Probability: 0.002},
		{Action: fault.StatusAfter, Status: 504, Probability: 0.002},
		{Action: fault.ResetBefore, Probability: 0.002},
		{Action: fault.ResetAfter, Probability: 0.002},
		{Action: fault.Truncate, Probability: 0.002},
		{Action: fault.Slow, Delay: 5 * time.Second, Probability: 0.002},
		{Action: fault.RefuseToken, Probability: 0.002},
		{Path: "/adminapi/", Action: fault.Garbage, Status: 503, Probability: 0.002},
	}
}
