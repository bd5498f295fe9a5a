package pace

import "sync"

// How many requests must have been served with every place taken before one
// more is tried. It doubles with each refusal.
const (
	soonestRoom = 50
	latestRoom  = 800
)

// crowd counts the requests in flight. How many may be is found out: it starts
// from the most that the caller wants, falls when the service says that so many
// at once are too many, and slowly rises again.
type crowd struct {
	most  int
	freed chan struct{} // a place may have become free

	mu      sync.Mutex
	running int
	ceiling int
	proven  int // the most at once that were served lately
	served  int // requests served with every place taken, since the ceiling moved
	room    int // how many of them it takes to raise it
}

func newCrowd(most int) *crowd {
	return &crowd{most: most, ceiling: most, room: soonestRoom, freed: make(chan struct{}, 1)}
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
	if c.served++; c.served >= c.room {
		c.ceiling++
		c.served = 0
	}
}

// refused notes that one of so many was refused for their number, and reports
// whether that can be the reason: if as many were served before, it is only when
// it is certain.
func (c *crowd) refused(abreast int, certain bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if abreast <= c.proven && !certain {
		c.proven-- // unless it has become true
		return false
	}
	c.ceiling = max(1, min(c.ceiling, abreast-1))
	c.proven = min(c.proven, c.ceiling)
	c.served = 0
	c.room = min(2*c.room, latestRoom)
	return true
}

func (c *crowd) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}
