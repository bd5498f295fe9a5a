package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"enlist/pkg/onboard"
)

// verdictShare is one piece of the bar that shows the verdicts, in percent of
// its length.
type verdictShare struct {
	Verdict  onboard.Verdict
	Meaning  string
	Rows     int
	Percent  string
	X, Width float64
}

// leastShare makes the least piece wide enough to be seen, in percent.
const leastShare = 0.7

func shares(s Summary) []verdictShare {
	var pieces []verdictShare
	sum := 0.0
	for _, v := range onboard.Verdicts() {
		n := s.Verdicts[string(v)]
		piece := verdictShare{Verdict: v, Meaning: meaning(v), Rows: n, Percent: percent(n, s.Input.Rows)}
		if n > 0 {
			piece.Width = max(leastShare, 100*float64(n)/float64(s.Input.Rows))
		}
		sum += piece.Width
		pieces = append(pieces, piece)
	}
	x := 0.0
	for i := range pieces {
		p := &pieces[i]
		p.X, p.Width = hundredths(x), hundredths(100*p.Width/max(sum, 1))
		x += p.Width
	}
	return pieces
}

func hundredths(x float64) float64 { return math.Round(100*x) / 100 }

func percent(n, all int) string {
	share := 100 * float64(n) / float64(max(all, 1))
	switch {
	case share > 0 && share < 1:
		return "<1%"
	case share > 99 && share < 100:
		return ">99%"
	}
	return fmt.Sprintf("%.0f%%", share)
}

// chart shows a rate over time in bars. One unit across is a slice of time,
// and 100 units up are Top.
type chart struct {
	Title    string
	Note     string
	Top      string
	Slices   int
	Bars     string // SVG path
	Marked   string // SVG path of what stands on the bars, if anything does
	Half     string // the time at the middle and at the right edge
	Whole    string
	Marks    string // what Marked means
	Unmarked string
}

// slicesInChart is how many there must be for a chart to say anything.
const slicesInChart = 3

func charts(p *pace) []chart {
	if len(p.slices) < slicesInChart {
		return nil
	}
	finished := p.chart(func(s slice) (int, int) { return s.rows, 0 })
	finished.Title = "Rows per second"
	finished.Note += " A row counts when it and all rows before it are done, and not at all if it was never begun."
	list := []chart{finished}
	if p.requests > 0 {
		sent := p.chart(func(s slice) (int, int) { return s.requests, s.throttled })
		sent.Title = "Requests per second"
		sent.Note += " " + slowedDown(p.throttled)
		sent.Unmarked, sent.Marks = "answered", "asked to slow down"
		list = append(list, sent)
	}
	return list
}

func slowedDown(times int) string {
	switch times {
	case 0:
		return "The tenant never asked to slow down."
	case 1:
		return "The tenant asked to slow down once."
	}
	return fmt.Sprintf("The tenant asked to slow down %s times.", grouped(times))
}

// chart draws what count gives for each slice: how many, and how many of these
// to mark.
func (p *pace) chart(count func(slice) (all, marked int)) chart {
	most, sum := 0, 0
	for _, s := range p.slices {
		all, _ := count(s)
		most, sum = max(most, all), sum+all
	}
	whole := p.width * time.Duration(len(p.slices))
	top := roundUp(float64(most) / p.width.Seconds())
	unit := 100 / (top * p.width.Seconds())

	var bars, marks strings.Builder
	for i, s := range p.slices {
		all, marked := count(s)
		bar(&bars, i, 0, float64(all-marked)*unit)
		bar(&marks, i, float64(all-marked)*unit, float64(all)*unit)
	}
	return chart{
		Note:   fmt.Sprintf("%s on average, at most %s.", rate(float64(sum)/whole.Seconds()), rate(float64(most)/p.width.Seconds())),
		Top:    rate(top),
		Slices: len(p.slices),
		Bars:   bars.String(),
		Marked: marks.String(),
		Half:   took(whole / 2),
		Whole:  took(whole),
	}
}

// bar draws a rectangle that reaches from one height to another, with a gap to
// its neighbours. SVG counts downwards.
func bar(path *strings.Builder, place int, from, to float64) {
	if to > from {
		fmt.Fprintf(path, "M%g %gV%gh.8V%gz", float64(place)+.1, hundredths(100-from), hundredths(100-to), hundredths(100-from))
	}
}

// roundUp gives the next number that reads well at the top of an axis, where
// half of it stands below.
func roundUp(x float64) float64 {
	if x <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, step := range []float64{1, 1.5, 2, 3, 4, 6, 8} {
		if x <= step*power {
			return step * power
		}
	}
	return 10 * power
}

func rate(perSecond float64) string {
	if perSecond < 10 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", perSecond), ".0")
	}
	return grouped(int(math.Round(perSecond)))
}
