package onboard

import "strings"

// Row is one record of the input.
type Row struct {
	// Line is the physical line on which the record starts, counted from 1;
	// a header counts as a line too.
	Line int
	// Contact is the person whom the record describes.
	Contact Contact
	// Groups are the groups that the person shall be in, named as in the
	// input: by address, alias, display name or object id.
	Groups []string
	// Key is what the input knows the person by whatever the address, such as
	// an employee id; empty if it has nothing of the kind. See [Job.Key].
	Key string
	// Source is the record as it stood in the input, without its line end,
	// so that a retry file can repeat it unchanged.
	Source string
	// Header is what a copy of Source needs before it to mean the same, when
	// that is not the header that the input begins with: an input may hold
	// several tables. Empty otherwise.
	Header string
	// Problem says why the record can't be used; nil for a good one. The
	// other fields then hold as much as could be read.
	Problem *Problem
	// Known is what became of the row earlier, when a run is gone on with: the
	// row is not worked on, and this outcome comes out in its place. Its own
	// Row is not looked at.
	Known *Outcome
}

// decided gives the outcome of a row that needs no work.
func (r Row) decided() (Outcome, bool) {
	switch {
	case r.Known != nil:
		o := *r.Known
		o.Row = r
		return o, true
	case r.Problem != nil:
		return Outcome{Row: r, Verdict: Invalid, Problem: r.Problem}, true
	}
	return Outcome{}, false
}

// Contact is an external person as the organisation's directory keeps one.
// Empty fields are unknown, not to be cleared. The names and lengths are
// those of the cmdlets New-MailContact, Set-Contact and Set-MailContact.
type Contact struct {
	// Email is the external email address: the key that a person is found by,
	// compared without regard to letter case.
	Email string

	DisplayName string
	FirstName   string
	LastName    string
	Initials    string

	Company    string
	Title      string
	Department string
	Office     string
	Manager    string
	Assistant  string

	Phone       string
	MobilePhone string
	HomePhone   string
	OtherPhone  string
	Fax         string
	Pager       string

	StreetAddress   string
	City            string
	StateOrProvince string
	PostalCode      string
	CountryOrRegion string

	WebPage string
	Notes   string

	MailTip                string
	HiddenFromAddressLists *bool
	// CustomAttributes are CustomAttribute1 to CustomAttribute15.
	CustomAttributes [customAttributes]string
}

// key is what two rows about the same person have in common.
func (c Contact) key() string { return strings.ToLower(c.Email) }

// Domain is the part of the external email address behind the last @, in
// lower case.
func (c Contact) Domain() string {
	_, domain, _ := cutLast(c.Email, "@")
	return strings.ToLower(domain)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
