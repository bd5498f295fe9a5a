package exchange

import (
	"net/http"
	"strings"
)

// invoke runs the command in a request's body. only is the one cmdlet that the
// endpoint runs; empty for all.
func (f *face) invoke(w http.ResponseWriter, r *request, only string) {
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
	if refused := f.mayRun(c, r); refused != nil {
		refused.write(w, r)
		return
	}
	if only != "" && c.name != only {
		badBody("The cmdlet " + c.name + " is not available at this endpoint.").write(w)
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
// as those that do not exist, and what no anchor mailbox routes though it has
// to: writes, and all of the documented v2.0 API.
func (f *face) mayRun(c *cmdlet, r *request) *refusal {
	if c == nil || !r.rights.any(c.roles...) {
		return &refusal{status: http.StatusForbidden, nul: true}
	}
	if (c.write || r.endpoint.version == "v2.0") && r.Header.Get(anchorHeader) == "" {
		return &refusal{status: http.StatusForbidden}
	}
	return nil
}

func (f *face) run(w http.ResponseWriter, c *call, body []byte) {
	c.records.wanted = selection(c.request.URL.Query().Get("$select"))
	link, failed := c.work(body)
	if failed != nil {
		c.proxied(failed).write(w)
		return
	}
	c.writeSuccess(w, link)
}

// work runs the cmdlet. It returns the link to the rest of a listing.
func (c *call) work(body []byte) (link string, failed *cmdletError) {
	if c.cmdlet.list == nil {
		return "", c.cmdlet.run(c)
	}
	from, failed := c.from(body)
	if failed != nil {
		return "", failed
	}
	size, limited := c.pageSize()
	next, more, failed := c.cmdlet.list(c, from, size)
	if failed != nil || !more {
		return "", failed
	}
	if limited {
		c.warn(warnTruncated)
	}
	return c.nextLink(next, body), nil
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
