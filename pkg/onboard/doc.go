// Package onboard is the job itself: rows of external people come in, and for
// each the organisation ends up with one mail contact, that contact's
// memberships, and groups that take the person's mail. One outcome goes out
// for each row, in the order of the rows.
//
// Start with [Job.Run]. What it needs of an organisation is the small
// interface [Tenant]; this package knows nothing of HTTP, files or CSV, and
// imports no other package of enlist.
//
// The way of one row is three steps, each of which first asks what is so and
// then changes what is not: ensure the contact (contact.go), ensure each
// membership (member.go), ensure that the group takes mail from outside
// (senders.go).
package onboard
