// Package report writes what became of each row into files that people and
// programs read.
//
// A report is a folder with
//
//   - report.csv: one line per input row, in input order, for spreadsheets;
//   - report.jsonl: the same with every step in full, one JSON object per line;
//   - report.html: the same to be looked at, in one page that loads nothing;
//   - retry.csv: the rows that are left to do, as they stood in the input;
//     absent when nothing is left;
//   - removals.csv: who was taken out of a group because the input does not name
//     them any more; absent when nobody was;
//   - summary.json: the run in numbers.
//
// While the run goes on, all but the last carry ".partial" behind their names,
// and all but the page can be read already: whole lines, at most a second old.
// A process that is killed leaves them like that. [Writer.Finish] gives them
// their names, each in one step, and writes summary.json last, so that a
// summary.json with the run's id means that the rest of the report is complete.
//
// An undo has a report of its own, by an [UndoWriter]: the same files, but for the
// retry file, with a line for each change that was taken back or left.
package report
