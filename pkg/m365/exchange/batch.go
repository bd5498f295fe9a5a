package exchange

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// defaultLinger is how long a call waits for others to share its batch.
const defaultLinger = 5 * time.Millisecond

// batcher is a sender that puts calls which come at the same time into one
// $batch request. A caller sees nothing of it: it gets the answer to its call,
// or the error of it.
//
// Nothing is known of the order in which the service runs the items, so two
// calls about the same object never go together.
type batcher struct {
	single *httpSender
	url    *url.URL
	most   int // items in a batch
	linger time.Duration

	works atomic.Bool // the tenant has answered a batch
	off   atomic.Bool // the tenant takes no batches

	mu     sync.Mutex
	inside int    // calls in send
	open   *batch // the one that still takes items, if there is one
}

// batch is a number of calls on one way.
type batch struct {
	items []*item
	timer *time.Timer
	gone  chan struct{} // closed when it takes no further item

	// Once it is gone:
	ctx     context.Context
	cancel  context.CancelFunc
	waiting atomic.Int64  // callers that wait for done
	done    chan struct{} // closed when the items have their answers
}

// item is one call of a batch.
type item struct {
	call   call
	alone  bool // to be sent as a call of its own instead
	answer answer
	err    error
}

func newBatcher(single *httpSender, at *url.URL, most int) *batcher {
	return &batcher{single: single, url: at, most: most, linger: defaultLinger}
}

// send waits until the call's batch is full, or nobody is left who could join
// it, or a moment has passed; then for the answer.
func (b *batcher) send(ctx context.Context, c call) (answer, error) {
	if b.off.Load() || c.body == nil {
		return b.single.send(ctx, c)
	}
	it, in := b.join(ctx, c)
	defer b.leave()
	select {
	case <-in.gone:
	case <-ctx.Done():
		if b.withdraw(it, in) {
			return answer{}, &transportError{false, ctx.Err()}
		}
	}
	select {
	case <-in.done:
	case <-ctx.Done():
		if in.waiting.Add(-1) == 0 { // nobody wants the answers any more
			in.cancel()
			<-in.done
		}
		return answer{}, &transportError{true, ctx.Err()}
	}
	if it.alone {
		return b.single.send(ctx, c)
	}
	return it.answer, it.err
}

// join puts the call into the open batch, and opens one if need be.
func (b *batcher) join(ctx context.Context, c call) (*item, *batch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inside++
	if b.open != nil && b.open.isAboutOneOf(c.objects) {
		b.dispatch()
	}
	if b.open == nil {
		b.open = b.newBatch(ctx)
	}
	it, in := &item{call: c}, b.open
	in.items = append(in.items, it)
	b.dispatchIfReady()
	return it, in
}

func (b *batcher) newBatch(ctx context.Context) *batch {
	opened := &batch{gone: make(chan struct{}), done: make(chan struct{})}
	// The way of all must not end with the context of the one who came first.
	opened.ctx, opened.cancel = context.WithCancel(context.WithoutCancel(ctx))
	opened.timer = time.AfterFunc(b.linger, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.open == opened {
			b.dispatch()
		}
	})
	return opened
}

func (o *batch) isAboutOneOf(objects []string) bool {
	return slices.ContainsFunc(o.items, func(it *item) bool {
		return slices.ContainsFunc(it.call.objects, func(object string) bool {
			return slices.Contains(objects, object)
		})
	})
}

// leave notes that a caller has its answer: those in the open batch may have
// waited only because that one could have joined them.
func (b *batcher) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inside--
	b.dispatchIfReady()
}

// withdraw takes the item out of its batch, if that has not gone yet.
func (b *batcher) withdraw(it *item, from *batch) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open != from {
		return false
	}
	from.items = slices.DeleteFunc(from.items, func(other *item) bool { return other == it })
	return true
}

// dispatchIfReady sends the open batch when it is full, or when everybody who
// could join it has. The caller holds the lock.
func (b *batcher) dispatchIfReady() {
	if b.open != nil && (len(b.open.items) >= b.most || len(b.open.items) >= b.inside) {
		b.dispatch()
	}
}

// dispatch sends the open batch. One call alone is sent by its caller, as it
// would be without batches. The caller holds the lock.
func (b *batcher) dispatch() {
	going := b.open
	b.open = nil
	going.timer.Stop()
	going.waiting.Store(int64(len(going.items)))
	if len(going.items) > 1 {
		// Its callers wait for it, the last one even when all have given up.
		go func() {
			defer close(going.done)
			defer going.cancel()
			b.carry(going.ctx, going.items)
		}()
	} else {
		for _, it := range going.items {
			it.alone = true
		}
		going.cancel()
		close(going.done)
	}
	close(going.gone)
}
