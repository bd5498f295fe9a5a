// Package intake turns a CSV file as people have it into rows for the job.
//
// [Open] finds out how the file is written (encoding, delimiter, quoting,
// where the header stands, which column means what) from a bounded head of it,
// and fails with an [*InputError] before the first row when it can't be used.
// [File.Rows] then streams one [onboard.Row] for each record; damage in a
// record stays in that record, whose row then carries an [onboard.Problem].
// [File.Findings] says how the file was read and what was odd about it.
// [File.Inspect] does the same for looking only, faster, and [File.Records]
// gives the records without a thought to their meaning.
//
// The way of a record, each step in the file of that name:
//
//	input    the bytes of the file, unpacked
//	text     decoded to UTF-8; encoding and letters tell from what
//	window   the piece of text in memory, line by line
//	records  lines, or several for a quoted field, split into fields
//	body     footers, repeated headers and further tables set aside
//	check    cells cleaned and checked: address, clean, groups, duplicates
//	decode   gocsv makes a contact of the cells
//	rows     what goes out
//
// Before the first record, shape settles the form of the file: dialect lists
// the candidates, headernames and columns tell what the columns mean, content
// where there is no header.
package intake
