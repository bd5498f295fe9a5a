package exchange

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"enlist/pkg/simtenant/directory"
)

const anchorHeader = "X-AnchorMailbox"

// serverFor picks the domain controller for a request. The same anchor mailbox
// leads to the same one, unless affinity misses; without an anchor it is any.
// The anchor's form is not checked: observed malformed anchors work.
//
// home is the server that the anchor leads to, which is another one after a miss.
func (f *face) serverFor(r *request) (server, home int) {
	n := f.dir.DomainControllers()
	chance := rand.New(rand.NewPCG(f.opts.RandomSeed, r.number))
	anchor := r.Header.Get(anchorHeader)
	if anchor == "" {
		server = chance.IntN(n)
		return server, server
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(anchor)))
	home = int(h.Sum32() % uint32(n))
	if n > 1 && chance.Float64() < f.opts.AffinityMisses {
		return (home + 1 + chance.IntN(n-1)) % n, home
	}
	return home, home
}

func (f *face) view(r *request) directory.View { return f.dir.Exchange(r.server) }
