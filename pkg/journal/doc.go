// Package journal is the durable record of runs, in one SQLite file: what each
// run was asked to do, what it intended, what was confirmed, and what became of
// every row. It is what a run is gone on with, looked up and taken back by.
//
// [Open] gives the file to one process at a time. [Journal.Begin] starts the
// record of a run. The [Recorder] it gives stands around the run in three
// places: its Tenant writes down each change before the command goes out and
// again when it is confirmed; its Rows and Record keep the rows' outcomes.
// [Journal.Continue] does the same for a run that was cut off: what it had
// confirmed is answered from the record and not sent again.
//
// [Journal.Changes] tells what runs did, [Recorder.Undo] takes it back, and
// [Journal.PutThere] is what a source's runs are answerable for. A [Plan] is the
// other way round: what a run is to do, kept beforehand.
//
// Changes are written in groups, so that many at once share one wait for the
// disk. The SQL is plain, and all of it is in this package, so that another
// database can take SQLite's place.
package journal
