package pace

import "sync"

// roomAfter is how many requests must have been served with every place taken
// before one more is tried.
const roomAfter = 400

// crowd counts the requests in flight. How many may be is found out: it starts
// from the most that the caller wants, falls when the service says that so many
// at once are too many, and slowly rises again.
type crowd struct {
	most  int
	freed chan struct{} // a place may have become free

	mu      sync.Mutex
	running int
	ceiling int
	proven  int // the most at once that were served since the ceiling fell
	served  int // requests served with every place taken, since it last moved
}

func newCrowd(most int) *crowd {
	return &crowd{most: most, ceiling: most, freed: make(chan struct{}, 1)}
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
	c.proven = max(c.proven, abreast)
	if abreast < c.ceiling || c.ceiling == c.most {
		return
	}
	if c.served++; c.served >= roomAfter {
		c.ceiling++
		c.served = 0
	}
}

// refused notes that one of so many was refused for their number. It reports
// whether that can be the reason: as many were served before, if not.
func (c *crowd) refused(abreast int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	plausible := abreast > c.proven
	if plausible {
		c.ceiling = max(1, min(c.ceiling, abreast-1))
		c.served = 0
	}
	c.proven = 0
	return plausible
}

func (c *crowd) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}
