package m365

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever comes while a command is under way goes with the next one.
func TestJointAddGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJointAdd()
		var sizes []int
		send := func(refs []string) error {
			sizes = append(sizes, len(refs)) // one command at a time, so no lock
			time.Sleep(time.Second)
			return nil
		}
		var callers sync.WaitGroup
		for i := range 2*mostAtOnce + 1 {
			callers.Go(func() {
				time.Sleep(time.Duration(min(i, 1)) * time.Millisecond) // the first is alone
				if err := j.add(t.Context(), fmt.Sprint(i), send); err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
		if want := []int{1, mostAtOnce, mostAtOnce}; !slices.Equal(sizes, want) {
			t.Errorf("commands of %v; want %v", sizes, want)
		}
	})
}

// What is wrong with one is no reason for the others to fail.
func TestJointAddFailsOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errBad := errors.New("no such recipient")
		j := newJointAdd()
		send := func(refs []string) error {
			time.Sleep(time.Second)
			if slices.Contains(refs, "2") {
				return errBad
			}
			return nil
		}
		var callers sync.WaitGroup
		for i := range 5 {
			callers.Go(func() {
				err := j.add(t.Context(), fmt.Sprint(i), send)
				if bad := i == 2; errors.Is(err, errBad) != bad {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		callers.Wait()
	})
}

func TestJointAddCanBeCancelled(t *testing.T) {
	j := newJointAdd()
	j.turn <- struct{}{} // somebody's command never ends
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.add(ctx, "1", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
