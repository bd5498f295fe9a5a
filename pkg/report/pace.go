package report

import "time"

// slicesAtMost bounds what a pace keeps, however long the run is.
const slicesAtMost = 120

// pace counts what happened in each of equal slices of time. When a run
// outlasts its slices, they become twice as wide and each two become one.
type pace struct {
	began  time.Time
	width  time.Duration
	slices []slice

	asked               time.Time // when the traffic was told last
	requests, throttled int       // as they were then
}

type slice struct{ rows, requests, throttled int }

func newPace(now time.Time) *pace {
	return &pace{began: now, width: time.Second, asked: now}
}

func (p *pace) at(t time.Time) *slice {
	i := int(max(0, t.Sub(p.began)) / p.width)
	for i >= slicesAtMost {
		p.widen()
		i /= 2
	}
	for len(p.slices) <= i {
		p.slices = append(p.slices, slice{})
	}
	return &p.slices[i]
}

func (p *pace) widen() {
	p.width *= 2
	for i, s := range p.slices {
		if i%2 == 0 {
			p.slices[i/2] = s
			continue
		}
		half := &p.slices[i/2]
		half.rows += s.rows
		half.requests += s.requests
		half.throttled += s.throttled
	}
	p.slices = p.slices[:(len(p.slices)+1)/2]
}

// traffic takes how many requests there were up to now, and counts those since
// the last time halfway between the two.
func (p *pace) traffic(now time.Time, requests, throttled int) {
	s := p.at(p.asked.Add(now.Sub(p.asked) / 2))
	s.requests += requests - p.requests
	s.throttled += throttled - p.throttled
	p.asked, p.requests, p.throttled = now, requests, throttled
}
