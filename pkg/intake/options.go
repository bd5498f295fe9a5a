package intake

// Options say what is known about a file beforehand. The zero value leaves
// everything to be found out.
type Options struct {
	// Groups are added to the groups of every row.
	Groups []string
	// Mapping tells the meaning of columns: from the column's name, or its
	// number counted from 1, to a field's name (see [Fields]) or "ignore".
	// It wins over what the header says.
	Mapping map[string]string
	// Encoding is the name of the file's character encoding, as in
	// "windows-1250"; empty to find out.
	Encoding string
	// Delimiter stands between the fields: one or two characters, or one of
	// the words comma, semicolon, tab, pipe, colon, space; empty to find out.
	Delimiter string
	// Quote stands around fields: one character, or "none"; empty to find out.
	Quote string
	// Escape is how a quote is written inside a quoted field: "double" or
	// "backslash"; empty to find out.
	Escape string
	// HeaderRow is the line on which the header stands, counted from 1; 0 to
	// find out.
	HeaderRow int
	// NoHeader says that the first record is data already.
	NoHeader bool
	// Key is the field by which people are known whatever their address, which
	// is employee_id; empty if they are known by the address alone. Rows of one
	// key and several addresses are then invalid.
	Key string
	// ContactsOnly allows a file that names no groups.
	ContactsOnly bool
	// AnyTable allows a file that isn't about people at all. Only its Records
	// are of use.
	AnyTable bool
}
