package onboard

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// NewGroups says that groups which rows name and nobody has are created.
type NewGroups struct {
	// Domain is where a group gets its address that is not named by one; empty
	// means that only addresses name new groups.
	Domain string
	// Owner manages the new groups: the address or another name of a person in
	// the organisation.
	Owner string
}

// NewGroup is a distribution group to create. At first it takes mail from inside
// only, as Exchange makes them.
type NewGroup struct {
	Name    string
	Alias   string
	Address string
	Owner   string
}

// GroupMaker creates groups.
type GroupMaker interface {
	// CreateGroup creates the distribution group. From then on, Groups tells of
	// it by this name and by its address. It is never repeated blindly: an error
	// that wraps ErrUncertain may mean that the group exists now.
	CreateGroup(ctx context.Context, name string, g NewGroup) (Group, error)
}

// createGroup makes the group that goes by the name, once for all rows and all
// names that mean one address, if the job says so.
func (w *worker) createGroup(ctx context.Context, name string, t *target) *Problem {
	if w.job.NewGroups == nil {
		return newProblem(CodeGroupNotFound, nil,
			"No group has the address, alias, display name or object id %q.", name)
	}
	wanted, err := w.newGroup(ctx, name)
	if err != nil {
		return w.creationProblem(err, name)
	}
	err = w.once(ctx, creationOf(wanted.Address), t, func() ([]Change, error) {
		g, err := w.job.Tenant.CreateGroup(ctx, name, wanted)
		if err != nil {
			return nil, err
		}
		return []Change{{What: "PrimarySmtpAddress", To: g.Address}}, nil
	})
	if err != nil {
		return w.creationProblem(err, name)
	}
	// Another row may have named it otherwise.
	groups, err := w.job.Tenant.Groups(ctx, wanted.Address)
	if err != nil || len(groups) != 1 {
		return w.creationProblem(errors.Join(ErrGroupNotFound, err), name)
	}
	w.aim(t, groups[0])
	return nil
}

// tellOfCreation has the row take part in the creation of a group that another
// row has just brought about.
func (w *worker) tellOfCreation(ctx context.Context, t *target) {
	// An error says only that the run ends, which the next step finds, too.
	_ = w.once(ctx, creationOf(t.group.Address), t, func() ([]Change, error) { return nil, nil })
}

func creationOf(address string) string { return "create " + strings.ToLower(address) }

func (w *worker) creationProblem(err error, name string) *Problem {
	p := w.problem(err, fmt.Sprintf("The group %q could not be created", name))
	switch p.Code {
	case CodeAddressInUse, CodeContactUncertain, CodeContactRefused, CodeMemberNotVisible: // which is its owner
		return newProblem(CodeGroupNotCreated, err, "The group %q could not be created: %v", name, err)
	}
	return p
}

// newGroup tells how a group is called that goes by the name.
func (w *worker) newGroup(ctx context.Context, name string) (NewGroup, error) {
	g := NewGroup{Name: name, Owner: w.job.NewGroups.Owner}
	local, domain, isAddress := cutLast(strings.ToLower(name), "@")
	if isAddress {
		own, err := w.job.Tenant.OwnDomain(ctx, domain)
		if err != nil {
			return NewGroup{}, err
		}
		if !own {
			return NewGroup{}, newProblem(CodeGroupNotCreated, nil,
				"No group has the address %s, and %s is none of the organisation's domains, so none can be created with it.", name, domain)
		}
		g.Name = name[:len(local)]
	} else if local, domain = alias(name), w.job.NewGroups.Domain; local == "" || domain == "" {
		return NewGroup{}, newProblem(CodeGroupNotCreated, nil, "No group goes by the name %q, and no address can be made of it for a new one.", name)
	}
	g.Alias, g.Address = local, local+"@"+strings.ToLower(domain)
	return g, nil
}

// alias makes the part of an address that stands before the @ out of a name, or
// nothing if the name has letters that no address has.
func alias(name string) string {
	var b strings.Builder
	for _, word := range strings.Fields(name) {
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		for _, r := range strings.ToLower(word) {
			switch {
			case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-', r == '_':
				b.WriteRune(r)
			case r > '~':
				return ""
			}
		}
	}
	return strings.Trim(b.String(), "-")
}

// isPassing reports whether the tenant may only need some time to show the
// person, or a new group.
func isPassing(err error, g Group) bool {
	return errors.Is(err, ErrRecipientNotFound) || errors.Is(err, ErrNotReady) || errors.Is(err, ErrUncertain) ||
		g.New && errors.Is(err, ErrGroupNotFound)
}
