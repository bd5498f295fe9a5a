package onboard

import "golang.org/x/sync/errgroup"

// idle are the goroutines that have finished a row and wait for another. Most rows
// of a quiet night need microseconds, less than it takes to make a goroutine and to
// let its stack grow for them.
type idle struct {
	rows chan func()
	most chan struct{} // one for each that waits
	over chan struct{} // closed when no more rows come
}

// newIdle lets at most so many goroutines wait.
func newIdle(most int) idle {
	return idle{rows: make(chan func()), most: make(chan struct{}, most), over: make(chan struct{})}
}

// give has the row worked on by one that waits, or else by a new one of the group.
func (i idle) give(to *errgroup.Group, row func()) {
	select {
	case i.rows <- row:
	default:
		to.Go(func() error { i.work(row); return nil })
	}
}

// work works on the row and then on those that are given, until enough others wait
// or no more come.
func (i idle) work(row func()) {
	for {
		row()
		select {
		case i.most <- struct{}{}:
		default:
			return
		}
		select {
		case row = <-i.rows:
			<-i.most
		case <-i.over:
			return
		}
	}
}
