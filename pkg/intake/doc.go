// Package intake turns a CSV file as people have it into rows for the job.
//
// Open finds out how the file is written (encoding, delimiter, quoting, where
// the header stands, which column means what) from a bounded head of it, and
// fails with an [*InputError] before the first row when it can't be used.
// [File.Rows] then streams one [onboard.Row] for each record; damage in a
// record stays in that record, whose row then carries an [onboard.Problem].
// [File.Findings] says how the file was read and what was odd about it.
//
// The way of a record: input (gzip, checksum) → decoding to UTF-8 → lines →
// records → cells of known fields → checks → gocsv → Row.
package intake
