package smtp

import (
	"slices"
	"sync"
	"time"
)

// Delivery is what became of one mail to one recipient of the organisation.
type Delivery struct {
	Time time.Time `json:"time"`
	// From is the sender's address in the envelope; empty for a bounce.
	From string `json:"from"`
	// Authenticated says that the sender was inside the organisation.
	Authenticated bool `json:"authenticated"`
	// To is the address that the mail was sent to.
	To string `json:"to"`
	// ReturnPath is where bounces of the delivered mail would go; empty when a
	// group reports neither to the originator nor to its manager, which makes
	// some servers drop the mail in silence.
	ReturnPath string `json:"return_path"`
	// Recipients got the mail, groups and groups in them replaced by their members.
	Recipients []string `json:"recipients"`
	// Held are the moderated groups where the mail waits for consent.
	Held []string `json:"held"`
	// Bounced are the members that refused the mail.
	Bounced []Bounce `json:"bounced"`
	// Bytes is the length of the mail.
	Bytes int64 `json:"bytes"`
}

// Bounce is a refusal that came to light while a group was expanded.
type Bounce struct {
	Address string `json:"address"`
	Error   string `json:"error"` // such as "550 5.7.133 RESOLVER.RST…"
}

// maxDeliveries bounds the memory that a mail loop could take.
const maxDeliveries = 10_000

// mailLog keeps the newest deliveries.
type mailLog struct {
	mu         sync.Mutex
	deliveries []Delivery
}

func (l *mailLog) add(d ...Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deliveries = append(l.deliveries, d...)
	if extra := len(l.deliveries) - maxDeliveries; extra > 0 {
		l.deliveries = slices.Delete(l.deliveries, 0, extra)
	}
}

func (l *mailLog) list() []Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.deliveries)
}
