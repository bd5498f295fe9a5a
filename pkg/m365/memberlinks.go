package m365

import (
	"context"
	"maps"
	"slices"
	"sync"

	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
)

// memberLinks are the links for changes in groups, of which one can serve many.
type memberLinks struct {
	mu    sync.Mutex
	taken map[string]bool        // in this run
	next  map[snapshot.ID]string // of groups that are to be read anew
}

func (l *memberLinks) add(link string, groups ...snapshot.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken == nil {
		l.taken, l.next = map[string]bool{}, map[snapshot.ID]string{}
	}
	l.taken[link] = true
	for _, id := range groups {
		l.next[id] = link
	}
}

func (l *memberLinks) of(group snapshot.ID) (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	link, ok := l.next[group]
	return link, ok
}

func (l *memberLinks) isOfThisRun(link string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken[link]
}

// shareLinks sees to it that as few links as can be tell of changes in the
// groups: it brings those that are kept to what they are now, and takes one link
// for those that will be read anew. Where the kept ones have gathered many links
// over the nights, one takes their place.
func (t *Tenant) shareLinks(ctx context.Context, groups []snapshot.ID) {
	if t.store == nil || len(groups) < 2 {
		return
	}
	kept := t.keptLinks(ctx, groups)
	var joint map[string][]snapshot.ID
	if most := 1 + len(groups)/graph.MaxGroups; len(kept) > most {
		// Taken before the others are gone on from, they miss nothing.
		joint = t.jointLinks(ctx, slices.Concat(slices.Collect(maps.Values(kept))...))
	}
	sideBySide(maps.Keys(kept), func(link string) {
		if err := t.goOn(ctx, link); err != nil {
			t.log.Debug("what changed in groups could not be read at the start", "error", err)
		}
	})
	for link, ids := range joint {
		t.replaceLinks(ctx, link, ids)
	}
	isKept := t.ofThisRun(ctx, groups)
	anew := slices.DeleteFunc(slices.Clone(groups), func(id snapshot.ID) bool { return isKept[id] })
	for link, ids := range t.jointLinks(ctx, anew) {
		t.links.add(link, ids...)
	}
}

// keptLinks gives the links that the groups are kept with.
func (t *Tenant) keptLinks(ctx context.Context, groups []snapshot.ID) map[string][]snapshot.ID {
	kept := map[string][]snapshot.ID{}
	for _, id := range groups {
		if link, err := t.store.MemberLink(ctx, id); err == nil && link != "" {
			kept[link] = append(kept[link], id)
		}
	}
	return kept
}

// ofThisRun tells which of the groups are kept as they are now.
func (t *Tenant) ofThisRun(ctx context.Context, groups []snapshot.ID) map[snapshot.ID]bool {
	current := map[snapshot.ID]bool{}
	for link, ids := range t.keptLinks(ctx, groups) {
		for _, id := range ids {
			current[id] = t.links.isOfThisRun(link)
		}
	}
	return current
}

// replaceLinks gives those of the groups that are kept as they are now a link in
// common.
func (t *Tenant) replaceLinks(ctx context.Context, link string, groups []snapshot.ID) {
	current := t.ofThisRun(ctx, groups)
	groups = slices.DeleteFunc(groups, func(id snapshot.ID) bool { return !current[id] })
	if err := t.store.ShareLink(ctx, link, groups...); err != nil {
		t.keep(err)
		return
	}
	t.links.add(link)
}

// jointLinks takes links for changes in the groups from now on. Where Graph
// gives none for several groups, there are none: then each group takes its own.
func (t *Tenant) jointLinks(ctx context.Context, groups []snapshot.ID) map[string][]snapshot.ID {
	joint := map[string][]snapshot.ID{}
	for ids := range slices.Chunk(groups, graph.MaxGroups) {
		names := make([]string, len(ids))
		for i, id := range ids {
			names[i] = id.String()
		}
		link, err := t.graph.LatestMembers(ctx, names...)
		if err != nil {
			t.log.Debug("Microsoft Graph gives no link for changes in several groups", "groups", len(ids), "error", err)
			continue
		}
		joint[string(link)] = ids
	}
	return joint
}
