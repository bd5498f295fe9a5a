package onboard

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// breaker stops a run in which every row would fail for the same reason that
// has nothing to do with the rows: access denied, or the tenant out of order.
type breaker struct {
	stop context.CancelCauseFunc

	mu  sync.Mutex
	row int // failures of that kind since the last success
}

// A single refusal may be a passing one; so many without a success between
// them are not.
const failuresBeforeStop = 5

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.row = 0
}

func (b *breaker) failed(err error) {
	if !errors.Is(err, ErrDenied) && !errors.Is(err, ErrUnavailable) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.row++
	if b.row == failuresBeforeStop {
		b.stop(fmt.Errorf("%d failures in a row, the last one: %w", b.row, err))
	}
}
