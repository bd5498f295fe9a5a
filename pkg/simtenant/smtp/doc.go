// Package smtp is the mail face of the simulated tenant: it takes or refuses
// mail to the organisation's recipients as Exchange Online would, and notes who
// would have got it. With it a test can show the point of putting partners on
// groups: before, their mail bounces; after, it arrives.
//
// Who is inside: a session that authenticated (AUTH PLAIN or LOGIN, after
// STARTTLS) as a mailbox of the organisation. Everybody else is an outsider,
// whatever the sender's address says; being a mail contact, or a member of the
// group, makes nobody an insider.
//
// The service itself says no to many of these mails only after it took them,
// with a non-delivery report that carries the same code and text. Here the
// refusal stands in the answer to RCPT TO, where a client can see it.
package smtp
