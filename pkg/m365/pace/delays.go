package pace

import "time"

// delays compares how long answers take now with how long they took when it was
// quickest. A service may slow down what it doesn't refuse.
type delays struct {
	recent float64 // moving average, in seconds
	gap    float64 // between answers, likewise
	best   float64 // the lowest that recent was, slowly forgotten
	last   time.Time
	count  int
}

const (
	recentAnswers = 16
	muchSlower    = 2.5
	// noticeable is what answers must take longer besides, in seconds: where they
	// are very quick, a busy machine of our own makes them several times slower.
	noticeable = 0.25
	forgetting = 1.0002 // by which best rises from answer to answer
)

func (d *delays) add(now time.Time, took time.Duration) {
	share := 1 / float64(min(d.count+1, recentAnswers))
	d.recent += (took.Seconds() - d.recent) * share
	if d.count > 0 {
		d.gap += (now.Sub(d.last).Seconds() - d.gap) * share
	}
	d.last = now
	d.count++
	if d.count == recentAnswers {
		d.best = d.recent
	}
	d.best = min(d.recent, d.best*forgetting)
}

// rising reports whether answers take much longer than they could.
func (d *delays) rising() bool {
	return d.count > recentAnswers && d.recent > max(muchSlower*d.best, d.best+noticeable)
}

func (d *delays) now() time.Duration { return time.Duration(d.recent * float64(time.Second)) }

func (d *delays) answersPerSecond() float64 { return 1 / max(d.gap, 1e-4) }
