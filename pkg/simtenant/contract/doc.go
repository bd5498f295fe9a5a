// Package contract holds a tenant on the wire to what is known of the service.
// It has nothing but tests: they sign in, send requests and mail, and look at the
// answers, as a client would that was written by somebody else.
//
// testdata/rows.txt lists what is known: each statement of the two documents
// about Exchange's admin API and about Microsoft Graph that Microsoft documents
// or that somebody observed, as far as it concerns what is simulated. The tests
// fail when a row there has no case that names it, or a case names no row. Rows
// that can't apply are at the end of the file, each with the reason.
package contract
