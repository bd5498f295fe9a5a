package exchange

import (
	"maps"
	"sync"
)

// tally counts the commands that were sent, by name, repetitions and further
// pages included.
type tally struct {
	mu   sync.Mutex
	sent map[string]int
}

func (t *tally) count(command string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sent == nil {
		t.sent = map[string]int{}
	}
	t.sent[command]++
}

// Commands tells how often each command was sent so far, repetitions and
// further pages of a list included.
func (c *Client) Commands() map[string]int {
	c.sent.mu.Lock()
	defer c.sent.mu.Unlock()
	return maps.Clone(c.sent.sent)
}

// Requests tells how many requests were sent so far. Commands that share a batch
// are one.
func (c *Client) Requests() int { return int(c.http.requests.Load()) }
