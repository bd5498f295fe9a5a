package exchange

import (
	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// editDelivery prepares the change of who may send to an object.
func (c *call) editDelivery() (func(*directory.Object), *cmdletError) {
	changes := make([]func(*directory.Object), 0, len(deliveryLists))
	for _, list := range deliveryLists {
		refs, err := c.references(list.param)
		if err != nil {
			return nil, err
		}
		if c.params.has(list.param) {
			changes = append(changes, func(o *directory.Object) { c.editList(o, list, refs) })
		}
	}
	return func(o *directory.Object) {
		for _, change := range changes {
			change(o)
		}
		if c.params.has("ModerationEnabled") {
			o.Restrictions().Moderated = c.params.flag("ModerationEnabled")
		}
	}, nil
}

// deliveryList is a list parameter and where its value goes.
type deliveryList struct {
	param string
	of    func(*directory.Delivery) *[]uuid.UUID
	// only: the parameter sets the part of the list that is people, or groups.
	only part
}

type part int

const (
	all part = iota
	people
	groups
)

func accept(d *directory.Delivery) *[]uuid.UUID    { return &d.AcceptFrom }
func reject(d *directory.Delivery) *[]uuid.UUID    { return &d.RejectFrom }
func moderator(d *directory.Delivery) *[]uuid.UUID { return &d.ModeratedBy }
func exempt(d *directory.Delivery) *[]uuid.UUID    { return &d.BypassModeration }

var deliveryLists = []deliveryList{
	{"AcceptMessagesOnlyFrom", accept, people},
	{"AcceptMessagesOnlyFromDLMembers", accept, groups},
	{"AcceptMessagesOnlyFromSendersOrMembers", accept, all},
	{"RejectMessagesFrom", reject, people},
	{"RejectMessagesFromDLMembers", reject, groups},
	{"RejectMessagesFromSendersOrMembers", reject, all},
	{"ModeratedBy", moderator, all},
	{"BypassModerationFromSendersOrMembers", exempt, all},
}

func (c *call) editList(o *directory.Object, l deliveryList, refs references) {
	list := l.of(o.Restrictions())
	if l.only == all {
		*list = refs.apply(*list)
		return
	}
	var kept, part []uuid.UUID
	for _, id := range *list {
		m, ok := c.view.ByID(id)
		if isGroup := ok && m.Kind.Has(directory.Groups); isGroup == (l.only == groups) {
			part = append(part, id)
		} else {
			kept = append(kept, id)
		}
	}
	*list = append(kept, refs.apply(part)...)
}
