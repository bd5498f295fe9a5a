package m365

import (
	"sync"

	"enlist/pkg/onboard"
)

// settled is what became of groups' settings since they were read.
type settled struct {
	mu     sync.RWMutex
	groups map[string]func(*onboard.Group) // by the group's id
}

// note keeps a change of the group's settings.
func (s *settled) note(g onboard.Group, change func(*onboard.Group)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.groups == nil {
		s.groups = map[string]func(*onboard.Group){}
	}
	before := s.groups[g.ID]
	s.groups[g.ID] = func(g *onboard.Group) {
		if before != nil {
			before(g)
		}
		change(g)
	}
}

// over lays the changes over what was read.
func (s *settled) over(groups []onboard.Group) []onboard.Group {
	s.mu.RLock()
	defer s.mu.RUnlock()
	laid := append([]onboard.Group(nil), groups...)
	for i := range laid {
		if change := s.groups[laid[i].ID]; change != nil {
			change(&laid[i])
		}
	}
	return laid
}
