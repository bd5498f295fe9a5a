package smtp

import (
	"net"
	"sync"
)

// connections knows the listeners and what they gave out, since go-smtp can
// either wait for its connections or close them, but not both.
type connections struct {
	mu     sync.Mutex
	open   map[closer]struct{}
	closed bool
}

type closer interface{ Close() error }

// add notes what close is to close; it is closed at once if that is over.
func (c *connections) add(one closer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = one.Close()
		return
	}
	if c.open == nil {
		c.open = map[closer]struct{}{}
	}
	c.open[one] = struct{}{}
}

func (c *connections) remove(one closer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, one)
}

func (c *connections) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for one := range c.open {
		_ = one.Close()
	}
}

func (c *connections) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

func (c *connections) listen(l net.Listener) net.Listener {
	c.add(l)
	return listener{l, c}
}

type listener struct {
	net.Listener
	conns *connections
}

// Accept notes each connection until it is closed.
func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.conns.add(conn)
	return connection{conn, l.conns}, nil
}

type connection struct {
	net.Conn
	conns *connections
}

// Close forgets the connection, too.
func (c connection) Close() error {
	c.conns.remove(c.Conn)
	return c.Conn.Close()
}
