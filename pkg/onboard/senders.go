package onboard

import (
	"context"
	"sync"
)

// ensureSenders sees to it that the group's sender restriction is as the
// policy wants it, now that the person is a member. It is looked at once for
// each group and run; one row says that the group was opened, the rows after
// it say that it is open.
func (w *worker) ensureSenders(ctx context.Context, group Group, result *GroupResult) {
	if w.job.Senders == SendersOff {
		return
	}
	action, err := w.senders.page(group.ID).settle(func() (Action, error) {
		if !group.InsideSendersOnly {
			return SendersOpen, nil
		}
		if w.job.Senders == SendersReport {
			return SendersClosed, nil
		}
		if err := w.job.Tenant.AllowOutsideSenders(ctx, group); err != nil {
			return "", err
		}
		return SendersOpened, nil
	})
	if err != nil {
		result.Problem = w.problem(err, "The sender restriction of "+group.Address+" could not be lifted")
		result.Senders = actionFor(result.Problem)
		return
	}
	result.Senders = action
}

// senderBook keeps a page for each group of the run.
type senderBook struct {
	mu    sync.Mutex
	pages map[string]*senderPage
}

func newSenderBook() *senderBook { return &senderBook{pages: map[string]*senderPage{}} }

func (b *senderBook) page(groupID string) *senderPage {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.pages[groupID]
	if !ok {
		p = &senderPage{}
		b.pages[groupID] = p
	}
	return p
}

// senderPage is what became of one group's sender restriction.
type senderPage struct {
	mu      sync.Mutex
	settled bool
	action  Action
	err     error
}

// settle runs ensure for the first caller only and gives later ones what it
// left behind. A failure that may pass is not kept.
func (p *senderPage) settle(ensure func() (Action, error)) (Action, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settled {
		return p.action, p.err
	}
	action, err := ensure()
	if err != nil {
		p.settled, p.err = !problemOf(err, "").deferrable(), err
		return "", err
	}
	p.settled, p.action = true, action
	if action == SendersOpened {
		p.action = SendersOpen
	}
	return action, nil
}
