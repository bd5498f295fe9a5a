package m365

import (
	"maps"
	"slices"
	"sync"
)

// memo asks once for each key, however many goroutines want to know, and keeps
// the answer. Errors are not kept. The zero value is ready for use.
type memo[V any] struct {
	mu      sync.Mutex
	entries map[string]*memoEntry[V]
}

type memoEntry[V any] struct {
	mu    sync.Mutex
	known bool
	value V
}

// get gives the value of key, which ask tells if nobody has asked before.
func (m *memo[V]) get(key string, ask func() (V, error)) (V, error) {
	e := m.entry(key)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known {
		return e.value, nil
	}
	value, err := ask()
	if err != nil {
		return value, err
	}
	e.known, e.value = true, value
	return value, nil
}

// put says the value of key beforehand.
func (m *memo[V]) put(key string, value V) {
	e := m.entry(key)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.known, e.value = true, value
}

// known gives the value of key if it is known already.
func (m *memo[V]) known(key string) (V, bool) {
	e := m.entry(key)
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.value, e.known
}

// all gives the values that are known, in no order.
func (m *memo[V]) all() []V {
	m.mu.Lock()
	entries := slices.Collect(maps.Values(m.entries))
	m.mu.Unlock()
	var values []V
	for _, e := range entries {
		e.mu.Lock()
		if e.known {
			values = append(values, e.value)
		}
		e.mu.Unlock()
	}
	return values
}

func (m *memo[V]) entry(key string) *memoEntry[V] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries == nil {
		m.entries = map[string]*memoEntry[V]{}
	}
	e, ok := m.entries[key]
	if !ok {
		e = &memoEntry[V]{}
		m.entries[key] = e
	}
	return e
}
