package exchange

import (
	"net/http"
	"slices"
	"strings"
)

// invoke runs the command in a request's body. allowed lists the cmdlets that
// the endpoint runs; nil for all.
func (f *face) invoke(w http.ResponseWriter, r *request, allowed []string) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, failed := readBody(w, r.Request)
	if failed != nil {
		failed.write(w)
		return
	}
	cmd, failed := decodeCommand(body)
	if failed != nil {
		failed.write(w)
		return
	}
	c := f.cmdlets[strings.ToLower(cmd.name)]
	if c != nil && f.opts.Stats != nil {
		f.opts.Stats.Command(c.name)
	}
	if refused := f.mayRun(c, r, allowed); refused != nil {
		refused.write(w, r)
		return
	}
	bound, failed := bind(c, cmd.args, r.rights)
	if failed != nil {
		failed.write(w)
		return
	}
	f.run(w, &call{face: f, cmdlet: c, view: f.view(r), params: bound, rights: r.rights, request: r}, body)
}

// mayRun refuses cmdlets that the caller's roles do not have, in the same way
// as those that do not exist, and writes that no anchor mailbox routes.
func (f *face) mayRun(c *cmdlet, r *request, allowed []string) *refusal {
	switch {
	case c == nil || !r.rights.any(c.roles...):
		return &refusal{status: http.StatusForbidden, nul: true}
	case allowed != nil && !slices.Contains(allowed, c.name):
		return &refusal{status: http.StatusForbidden, nul: true}
	case c.write && r.Header.Get(anchorHeader) == "":
		return &refusal{status: http.StatusForbidden}
	}
	return nil
}

func (f *face) run(w http.ResponseWriter, c *call, body []byte) {
	c.records.wanted = selection(c.request.URL.Query().Get("$select"))
	if c.cmdlet.list == nil {
		if err := c.cmdlet.run(c); err != nil {
			err.write(w)
			return
		}
		c.writeSuccess(w, "")
		return
	}
	from, err := c.from(body)
	if err != nil {
		err.write(w)
		return
	}
	size, limited := c.pageSize()
	next, more, err := c.cmdlet.list(c, from, size)
	if err != nil {
		err.write(w)
		return
	}
	link := ""
	if more {
		link = c.nextLink(next, body)
		if limited {
			c.warn(warnTruncated)
		}
	}
	c.writeSuccess(w, link)
}

// cmdlet is a command of the service.
type cmdlet struct {
	name   string
	roles  []string // each of them has the cmdlet
	params []param
	write  bool
	form   answerForm // of a write without output
	// run does the work. Listing cmdlets have list in its place.
	run func(*call) *cmdletError
	// list puts out at most size objects from a place onwards, and tells where
	// the rest begins, if there is more.
	list lister
}

func (c *cmdlet) param(name string) *param {
	for i := range c.params {
		if strings.EqualFold(c.params[i].name, name) {
			return &c.params[i]
		}
	}
	return nil
}
