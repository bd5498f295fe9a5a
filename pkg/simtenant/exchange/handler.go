package exchange

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"enlist/pkg/simtenant/directory"
)

// Options are the settings of the face. Authenticate is required.
type Options struct {
	// Authenticate says who sent a request to the Exchange API. Its error is best
	// an *[Unauthorized].
	Authenticate func(*http.Request) (Caller, error)
	// Stats is told what is done; nil for nobody.
	Stats Stats
	// Wrap puts something around every single command, whether it comes alone or
	// as an item of a $batch: throttling, faults. Panicking with
	// http.ErrAbortHandler inside a $batch leaves the item out of the answer.
	Wrap func(http.Handler) http.Handler
	// Now tells the time; nil for time.Now.
	Now func() time.Time
	// RandomSeed makes the choices that are left to chance repeatable.
	RandomSeed uint64
	// AffinityMisses is the share, from 0 to 1, of requests with an anchor
	// mailbox that reach another domain controller all the same. Requests without
	// an anchor reach any.
	AffinityMisses float64
	// PageLifetime is how long a nextLink can be followed; 0 for 30 minutes, as
	// the service's error text has it.
	PageLifetime time.Duration
	// BatchLimit is how many items a $batch may have; 0 for 10. The service's own
	// limit is not established.
	BatchLimit int
	// BatchInOrder runs the items of a $batch one after the other instead of side
	// by side.
	BatchInOrder bool
}

// Stats counts what was done.
type Stats interface {
	Command(cmdlet string)
	Batch()
}

// face serves one tenant.
type face struct {
	dir      *directory.Directory
	opts     Options
	cmdlets  map[string]*cmdlet // by name in lower case
	requests atomic.Uint64      // number of the newest request, for what is left to chance
	single   http.Handler       // one command
}

// New serves a tenant's admin API under /adminapi/.
func New(dir *directory.Directory, opts Options) http.Handler {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.PageLifetime <= 0 {
		opts.PageLifetime = 30 * time.Minute
	}
	if opts.BatchLimit <= 0 {
		opts.BatchLimit = 10
	}
	if opts.Wrap == nil {
		opts.Wrap = func(next http.Handler) http.Handler { return next }
	}
	f := &face{dir: dir, opts: opts, cmdlets: cmdletTable()}
	f.single = opts.Wrap(http.HandlerFunc(f.serveOne))
	return http.HandlerFunc(f.serve)
}

// endpoint is where a request goes: /adminapi/{version}/{tenant}/{name}.
type endpoint struct{ version, tenant, name string }

// endpointOf takes a path apart. Letter case does not matter but to the tenant.
func endpointOf(path string) (endpoint, bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) != 4 || !strings.EqualFold(parts[0], "adminapi") {
		return endpoint{}, false
	}
	return endpoint{strings.ToLower(parts[1]), parts[2], strings.ToLower(parts[3])}, true
}

// serve tells batches from single commands.
func (f *face) serve(w http.ResponseWriter, r *http.Request) {
	at, ok := endpointOf(r.URL.Path)
	if ok && at.version == "beta" && at.name == "$batch" {
		f.serveBatch(w, r)
		return
	}
	f.single.ServeHTTP(w, r)
}

// serveOne answers a request for one command.
func (f *face) serveOne(w http.ResponseWriter, r *http.Request) {
	req := &request{
		Request: r,
		number:  f.requests.Add(1),
		base:    baseOf(r),
	}
	f.commonHeaders(w.Header(), req)
	at, ok := endpointOf(r.URL.Path)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	req.endpoint = at
	if refused := f.admit(req); refused != nil {
		refused.write(w, req)
		return
	}
	w.Header().Set("X-Ms-Appid", req.caller.ClientID)
	f.route(w, req)
}

// baseOf is where the client reached this server, for links that it follows.
func baseOf(r *http.Request) string {
	if r.TLS == nil {
		return "http://" + r.Host
	}
	return "https://" + r.Host
}

func (f *face) route(w http.ResponseWriter, r *request) {
	switch at := r.endpoint; {
	case at.name == "invokecommand" && at.version == "beta":
		f.invoke(w, r, "")
	case at.name == "exomodulefile" && r.Method == http.MethodGet:
		f.moduleFile(w, r)
	case at.version == "v2.0" && at.name == "distributiongroupmember":
		f.invoke(w, r, "Get-DistributionGroupMember")
	case at.name == "invokecommand":
		// Observed: v1.0 answers 405; only beta runs commands.
		w.Header().Set("Allow", "GET")
		w.WriteHeader(http.StatusMethodNotAllowed)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}
