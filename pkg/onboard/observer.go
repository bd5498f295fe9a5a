package onboard

import "time"

// Observer is told of a run what no outcome tells. Its methods may be called by
// many goroutines at once, and must not wait.
type Observer interface {
	// CreationsWait tells that the tenant takes no further contacts, and that
	// none is tried before the moment. It comes once for each wait.
	CreationsWait(until time.Time)
	// CreationsGoOn tells that the tenant has taken a contact again.
	CreationsGoOn()
	// CreationsGivenUp tells that no contact is tried any more, after the waits
	// have taken as long as they may.
	CreationsGivenUp()
	// TriedTooSoon tells that a command failed because the tenant did not show
	// yet what it is about, and is repeated.
	TriedTooSoon()
}

// nobody is the Observer of a job that has none.
type nobody struct{}

func (nobody) CreationsWait(time.Time) {}
func (nobody) CreationsGoOn()          {}
func (nobody) CreationsGivenUp()       {}
func (nobody) TriedTooSoon()           {}
