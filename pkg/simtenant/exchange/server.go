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
func (f *face) serverFor(r *request) int {
	n := f.dir.DomainControllers()
	chance := rand.New(rand.NewPCG(f.opts.RandomSeed, r.number))
	anchor := r.Header.Get(anchorHeader)
	if anchor == "" {
		return chance.IntN(n)
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(anchor)))
	server := int(h.Sum32() % uint32(n))
	if n > 1 && chance.Float64() < f.opts.AffinityMisses {
		server = (server + 1 + chance.IntN(n-1)) % n
	}
	return server
}

func (f *face) view(r *request) directory.View { return f.dir.Exchange(r.server) }
