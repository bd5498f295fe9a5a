package directory

import "strings"

// checkUnique makes sure that nobody but self has o's Name or addresses.
func (d *Directory) checkUnique(o, self *Object) error {
	if h := d.taken(&d.indexes.name, strings.ToLower(o.Name), self); h != nil {
		return &ConflictError{FieldName, o.Name, h}
	}
	for _, p := range o.Proxies() {
		if h := d.holder(p, self); h != nil {
			return &ConflictError{FieldAddress, p, h}
		}
	}
	if o.Kind == Contact && d.domains[Domain(o.External)] {
		return ErrAcceptedDomain
	}
	return nil
}

// holder is who has an address in the truth, self aside.
func (d *Directory) holder(address string, self *Object) *Object {
	return d.taken(&d.indexes.address, AddressKey(address), self)
}

func (d *Directory) taken(ix *index, key string, self *Object) (holder *Object) {
	ix.each(key, func(slot uint32) bool {
		o := d.object(slot)
		if o == nil || o == self || !d.hasKey(retiredKey{index: ix, key: key, slot: slot}) {
			return true
		}
		holder = o
		return false
	})
	return holder
}

// chargeQuota counts a new contact or mail user against the creation quota.
func (d *Directory) chargeQuota(kind Kind, now int64) error {
	if d.opts.CreationQuota == 0 || !kind.Has(Contact|MailUser) {
		return nil
	}
	since, old := now-int64(d.opts.CreationWindow), 0
	for old < len(d.created) && d.created[old] <= since {
		old++
	}
	d.created = d.created[old:]
	if len(d.created) >= d.opts.CreationQuota {
		return ErrCreationQuota
	}
	d.created = append(d.created, now)
	return nil
}
