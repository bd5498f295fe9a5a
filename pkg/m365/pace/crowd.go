package pace

import "sync"

// How many requests must have been served with every place taken before one
// more is tried. It doubles with each refusal.
const (
	soonestRoom = 50
	latestRoom  = 800
)

const (
	// tooOften is the share of the requests that went out as one of so many and
	// were refused, from which on their number is the reason.
	tooOften = 0.1
	// remembered is how many of these requests count, about.
	remembered = 40
)

// record is what became of the requests that went out as one of so many. Where
// the number is too large, many of them are refused, if not all: what is on its
// way to or from the service is in flight here and not yet, or no longer, there.
type record struct{ served, refused float64 }

func (r *record) add(served, refused float64) {
	if r.served+r.refused > remembered {
		r.served, r.refused = r.served/2, r.refused/2
	}
	r.served += served
	r.refused += refused
}

func (r *record) isTooMany() bool { return r.refused > tooOften*(r.served+r.refused) }

// crowd counts the requests in flight. How many may be is found out: it starts
// from the most that the caller wants, falls when the service says that so many
// at once are too many, and slowly rises again.
type crowd struct {
	most  int
	freed chan struct{} // a place may have become free

	mu      sync.Mutex
	running int
	ceiling int
	records []record // by how many were in flight
	served  int      // requests served with every place taken, since the ceiling moved
	room    int      // how many of them it takes to raise it
}

func newCrowd(most int) *crowd {
	return &crowd{most: most, ceiling: most, records: make([]record, most+1), room: soonestRoom, freed: make(chan struct{}, 1)}
}

// enter takes a place if there is one. abreast is how many are in flight then.
func (c *crowd) enter() (abreast int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running >= c.ceiling {
		return 0, false
	}
	c.running++
	return c.running, true
}

func (c *crowd) leave() {
	c.mu.Lock()
	c.running--
	c.mu.Unlock()
	select {
	case c.freed <- struct{}{}:
	default:
	}
}

// succeeded notes that a request was served that was one of so many.
func (c *crowd) succeeded(abreast int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records[abreast].add(1, 0)
	if abreast < c.ceiling || c.ceiling == c.most {
		return
	}
	if c.served++; c.served >= c.room {
		c.ceiling++
		c.served = 0
	}
}

// refused notes that one of so many was refused for their number, and reports
// whether that is the reason. Services say so of the rate, too; then as many are
// served most of the time.
func (c *crowd) refused(abreast int, certain bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records[abreast].add(0, 1)
	if !certain && !c.records[abreast].isTooMany() {
		return false
	}
	c.ceiling = max(1, min(c.ceiling, abreast-1))
	c.served = 0
	c.room = min(2*c.room, latestRoom)
	return true
}

func (c *crowd) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}
