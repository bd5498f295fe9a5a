package pace

import (
	"errors"
	"fmt"
	"time"
)

// Advice is what the error of an attempt says about another one.
type Advice struct {
	// Again is true when the same request may be sent once more. Whoever
	// builds the error decides, for only it knows whether the request may
	// have been carried out already and whether twice does harm.
	Again bool
	// Throttled is true when the service refused because of load, so that
	// everybody who talks to it must slow down, not only this caller.
	Throttled bool
	// Crowded is true when the service gave as the reason how many requests
	// ran at once, rather than how many came. It goes with Throttled.
	Crowded bool
	// After is the least delay the service asked for (see RetryAfter); zero
	// when it did not say.
	After time.Duration
}

// adviser is implemented by errors that know whether another attempt makes
// sense. An error whose chain has none is final.
type adviser interface{ RetryAdvice() Advice }

func adviceOf(err error) Advice {
	if a, ok := errors.AsType[interface {
		error
		adviser
	}](err); ok {
		return a.RetryAdvice()
	}
	return Advice{}
}

// ErrGaveUp is matched by the errors of Pacer.Do that are due to a bound: no
// more attempts, or a longer wait than the caller has left. The same error
// matches, through the error it wraps, what the service answered last.
var ErrGaveUp = errors.New("gave up")

// GaveUpError reports that a bound was reached. It unwraps to the last error.
type GaveUpError struct {
	// Attempts is how often the request was sent. It is zero when everybody
	// is paused for longer than this call may wait; Err is then what the call
	// that caused the pause was told.
	Attempts int
	// Waited is how long the call waited in all.
	Waited time.Duration
	Err    error
}

func (e *GaveUpError) Error() string {
	if e.Attempts == 0 {
		return fmt.Sprintf("not sent, as the service asks for a longer pause than allowed: %v", e.Err)
	}
	return fmt.Sprintf("gave up after %d attempts: %v", e.Attempts, e.Err)
}

func (e *GaveUpError) Unwrap() error { return e.Err }

// Is makes every GaveUpError match ErrGaveUp.
func (e *GaveUpError) Is(target error) bool { return target == ErrGaveUp }
