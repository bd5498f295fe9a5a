// Package doctor finds out whether a set-up can do the job, check by check:
// the way to Microsoft's servers, the credential, the app's permissions and its
// Exchange roles. It changes nothing in the tenant.
//
// A check that cannot be made because an earlier one failed is skipped, so that
// one cause shows as one failure.
package doctor

import (
	"context"
	"iter"
	"net/http"
	"time"

	"enlist/pkg/m365/cloud"
	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
)

// Verdict is how a check ended.
type Verdict string

// The verdicts, as they are printed.
const (
	OK      Verdict = "ok"
	Warning Verdict = "warning" // works now, but may not for long, or not for everything
	Failed  Verdict = "failed"  // a run would fail
	Skipped Verdict = "skipped" // not known, because something else failed
)

// Finding is what one check found.
type Finding struct {
	// Check is the check's stable name, "permission.contacts".
	Check   string  `json:"check"`
	Verdict Verdict `json:"verdict"`
	// Message is what was found, for a person.
	Message string `json:"message"`
	// NextStep is the mend, where one is needed.
	NextStep string `json:"next_step,omitempty"`
	// Later is true for a failure that may be gone at another time, such as a
	// server that does not answer.
	Later bool `json:"later,omitempty"`
}

// Exchange is what is asked of Exchange Online; see [exchange.Client].
type Exchange interface {
	AcceptedDomains(ctx context.Context) ([]exchange.AcceptedDomain, error)
	AllowedCommands(ctx context.Context) ([]string, error)
	Invoke(ctx context.Context, cmd exchange.Command) (exchange.Result, error)
}

// Graph is what is asked of Microsoft Graph; see [graph.Client].
type Graph interface {
	Contacts(ctx context.Context) iter.Seq2[graph.Contact, error]
	Groups(ctx context.Context) iter.Seq2[graph.Group, error]
	GroupMembers(ctx context.Context, groupID string) iter.Seq2[graph.Member, error]
}

// Setup is what is examined.
type Setup struct {
	Endpoints cloud.Endpoints
	Transport *http.Transport
	Identity  *cloud.Identity
	// Exchange gives a client; it is called when sign-in is known to work.
	Exchange func(ctx context.Context) (Exchange, error)
	Graph    Graph
	// Commands are the cmdlets that a run uses for its changes.
	Commands []string
	// KeepsDirectory: runs keep the directory in their state file, users too.
	KeepsDirectory bool
	// InvitesGuests: runs put people on Microsoft 365 groups as guests.
	InvitesGuests bool
	// SendsMail: runs tell people by e-mail through Graph how they ended.
	SendsMail bool
}

// The bounds that a warning or failure begins at.
const (
	patience      = 15 * time.Second    // for a server to answer at all
	checkTimeout  = time.Minute         // for one call to an API, its retries included
	expiresSoon   = 30 * 24 * time.Hour // a certificate
	clockOff      = time.Minute
	clockUnusable = 5 * time.Minute // assertions are refused beyond (observed: AADSTS700024)
)

// Examine makes the checks one after the other, and yields what each found.
func (s Setup) Examine(ctx context.Context) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		e := &examination{Setup: s, yield: yield, failed: map[string]bool{}}
		e.run(ctx)
	}
}

// examination is one pass over all checks.
type examination struct {
	Setup
	yield   func(Finding) bool
	failed  map[string]bool // checks that failed or were skipped
	stopped bool            // the caller has heard enough
}

func (e *examination) run(ctx context.Context) {
	for _, part := range []func(context.Context){
		e.checkNetwork, e.checkCredential, e.checkGraph, e.checkExchange,
	} {
		if e.stopped || ctx.Err() != nil {
			return
		}
		part(ctx)
	}
}

// note passes a finding on.
func (e *examination) note(f Finding) {
	if f.Verdict == Failed || f.Verdict == Skipped {
		e.failed[f.Check] = true
	}
	if !e.stopped && !e.yield(f) {
		e.stopped = true
	}
}

func (e *examination) ok(check, message string) {
	e.note(Finding{Check: check, Verdict: OK, Message: message})
}

// need skips a check when one that it rests on has failed, and reports whether
// it can be made.
func (e *examination) need(check string, others ...string) bool {
	for _, other := range others {
		if e.failed[other] {
			e.note(Finding{Check: check, Verdict: Skipped, Message: "not checked, because of " + other})
			return false
		}
	}
	return !e.stopped
}
