package report

import (
	"time"

	"enlist/pkg/onboard"
)

const htmlName = "report.html"

// htmlFile writes report.html in one go: a head, the rows as they come, and
// then what is known at the end only. The rows stand in front of the text that
// people read first, which costs a browser no more than a moment, and spares
// keeping them anywhere else.
type htmlFile struct {
	*partialFile
	page    *page
	rows    *rowBlock
	pace    *pace
	traffic func() (requests, throttled int) // may be nil
}

func createHTML(dir string, run Run, traffic func() (requests, throttled int)) (*htmlFile, error) {
	page, err := newPage()
	if err != nil {
		return nil, err
	}
	p, err := createPartial(dir, htmlName)
	if err != nil {
		return nil, err
	}
	h := &htmlFile{partialFile: p, page: page, pace: newPace(time.Now()), traffic: traffic}
	if err := page.begin(&p.buf, run); err != nil {
		p.abandon()
		return nil, err
	}
	h.rows = newRowBlock(&p.buf)
	return h, nil
}

func (h *htmlFile) add(o onboard.Outcome) error {
	if o.Attempts > 0 {
		h.pace.at(time.Now()).rows++
	}
	if err := h.rows.add(o); err != nil {
		return err
	}
	return h.endLine()
}

// flush is called once a second, which is also often enough to ask for the
// traffic.
func (h *htmlFile) flush() error {
	h.askTraffic()
	return h.partialFile.flush()
}

func (h *htmlFile) askTraffic() {
	if h.traffic != nil {
		requests, throttled := h.traffic()
		h.pace.traffic(time.Now(), requests, throttled)
	}
}

// end writes all that follows the rows.
func (h *htmlFile) end(s Summary) error {
	h.askTraffic()
	h.rows.end()
	return h.page.end(&h.buf, s, h.pace)
}
