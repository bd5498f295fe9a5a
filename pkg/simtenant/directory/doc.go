// Package directory holds the organisation that a simulated tenant serves:
// its recipients, its groups with their members and settings, its domains and
// its apps, all in memory.
//
// There is one truth and several sights of it. A [View] is what one server
// sees: [Directory.Exchange] gives the view of one of Exchange's domain
// controllers, [Directory.Graph] the view of Microsoft Graph. Who writes through
// a view sees the change at once; every other view sees it after its delay.
// Uniqueness, on the other hand, is judged on the truth: an address is taken the
// moment it is written, also for servers that cannot find its holder yet.
//
// Every change gets a number, for good, so that a client can ask for what
// changed since a number (see [View.Changes]), also after a restart.
//
// Objects are handed out as pointers to values that are never modified; a
// change replaces the value. Callers must not write to what they get.
package directory
