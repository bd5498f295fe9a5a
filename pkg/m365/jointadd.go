package m365

import (
	"context"
	"sync"
)

// jointAdd lets many who want to add something to one list do so with few
// commands: while one command is under way the others gather, and the next one
// takes all of them.
type jointAdd struct {
	turn chan struct{} // has room for the one who may send a command

	mu      sync.Mutex
	waiting []*addition
}

// addition is what one caller wants to add.
type addition struct {
	ref  string
	done bool
	err  error
}

// mostAtOnce bounds what one command adds. What the service takes is not
// documented; this many are few enough for a command to end soon.
const mostAtOnce = 50

func newJointAdd() *jointAdd {
	return &jointAdd{turn: make(chan struct{}, 1)}
}

// add returns when ref was added, or why it was not.
func (j *jointAdd) add(ctx context.Context, ref string, send func(refs []string) error) error {
	mine := j.gather(ref)
	for {
		select {
		case j.turn <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if !mine.done {
			sendAll(j.next(), send)
		}
		done := mine.done
		<-j.turn
		if done {
			return mine.err
		}
	}
}

func (j *jointAdd) gather(ref string) *addition {
	j.mu.Lock()
	defer j.mu.Unlock()
	a := &addition{ref: ref}
	j.waiting = append(j.waiting, a)
	return a
}

// next takes those who have waited longest.
func (j *jointAdd) next() []*addition {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := min(len(j.waiting), mostAtOnce)
	batch := j.waiting[:n]
	j.waiting = j.waiting[n:]
	return batch
}

// sendAll adds all with one command. If it fails, perhaps because of one of
// them, each is added by itself.
func sendAll(batch []*addition, send func(refs []string) error) {
	refs := make([]string, len(batch))
	for i, a := range batch {
		refs[i] = a.ref
	}
	err := send(refs)
	for _, a := range batch {
		if a.done, a.err = true, err; err != nil && len(batch) > 1 {
			a.err = send([]string{a.ref})
		}
	}
}
