package intake

// Findings tell how a file was read. They are complete when its rows have
// been read to the end.
type Findings struct {
	Name       string
	Compressed bool // gzip

	Encoding Encoding
	Dialect  Dialect

	// HeaderLine is the line of the header, 0 if there is none.
	HeaderLine int
	// Columns are all columns of the file, in its order.
	Columns []Column

	// Preamble and Footer are the lines before the header and after the data
	// that are no records.
	Preamble []Line
	Footer   []Line

	// Rows counts the records that became rows; Invalid those of them that
	// carry a problem.
	Rows    int
	Invalid int

	// Repeats are rows about a person of an earlier row, by the same name:
	// a second group, or the same row once more. RepeatsLeftOut counts those
	// beyond the ones that are kept.
	Repeats        []Repeat
	RepeatsLeftOut int

	Warnings []Warning
	// WarningsLeftOut counts the warnings beyond those that are kept.
	WarningsLeftOut int
}

// Dialect is how the records of a file are written.
type Dialect struct {
	Delimiter string
	// Quote stands around fields; 0 if nothing does.
	Quote byte
	// Backslash says that \ escapes a quote, not a second quote.
	Backslash bool
	// LineEnd is the one that ends the header: "\n", "\r\n" or "\r".
	LineEnd string
}

// Column is one column of the file.
type Column struct {
	Number int    // from 1
	Name   string // as in the header, empty without one
	Field  string // a name of [Fields], or empty if the column isn't used
}

// Line is a physical line of the file, with its end taken off.
type Line struct {
	Number int // from 1
	Text   string
}

// Repeat is a row about a person of an earlier row.
type Repeat struct {
	Line  int
	Email string
	First string // where the earlier row stands, as in "line 2" or "line 2 of a.csv"
}

// Warning is something odd that did not keep a row from being used.
type Warning struct {
	Line    int    // 0 if it is about the whole file
	Column  string // the column's name or number, empty if it is about the row
	Message string
}
