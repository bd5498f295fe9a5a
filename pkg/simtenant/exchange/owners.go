package exchange

import (
	"fmt"
	"net/http"
	"slices"

	"enlist/pkg/simtenant/directory"
)

// maxOwners is the most owners that a group has (Microsoft Learn, "Exchange
// Online limits").
const maxOwners = 10

// mayOwn are the kinds of recipients that may own a group: mailboxes, mail
// users and mail-enabled security groups (Set-DistributionGroup, ManagedBy).
const mayOwn = directory.Mailbox | directory.SharedMailbox | directory.RoomMailbox |
	directory.MailUser | directory.Guest | directory.Security

// owners prepares the change that the ManagedBy parameter asks for. A group
// keeps at least one owner. That is documented; the words are assumed.
func (c *call) owners() (edit, *cmdletError) {
	refs, err := c.references("ManagedBy")
	if err != nil {
		return nil, err
	}
	if !c.params.has("ManagedBy") {
		return func(*directory.Object) error { return nil }, nil
	}
	for _, id := range slices.Concat(refs.set, refs.add) {
		if o, ok := c.view.ByID(id); ok && !o.Kind.Has(mayOwn) {
			return nil, wrongOwners(fmt.Sprintf("The recipient %q can't be an owner of a group.", o.Name))
		}
	}
	return func(o *directory.Object) error {
		if o.Group == nil {
			return nil
		}
		wanted := refs.apply(slices.Clone(o.Group.ManagedBy))
		switch {
		case len(wanted) == 0:
			return wrongOwners("A group must have at least one owner.")
		case len(wanted) > maxOwners:
			return wrongOwners(fmt.Sprintf("A group can have %d owners at most.", maxOwners))
		}
		o.Group.ManagedBy = wanted
		return nil
	}, nil
}

func wrongOwners(text string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: tasks + "RecipientTaskException", text: text}
}
