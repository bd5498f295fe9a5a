package onboard

// Portrait is what a mail contact is created anew by, once it was removed.
type Portrait struct {
	Name string // Exchange's, unique in the organisation
	// LegacyExchangeDN is the X.500 address by which Outlook remembers whom
	// somebody has written to. A new contact gets another one.
	LegacyExchangeDN string
	Contact          Contact
}
