// Package snapshot keeps what was read of a tenant's directory: who holds which
// address, and who is in which group. In memory it is compact, since a large
// directory has hundreds of thousands of contacts; in a file it lasts until the
// next run, which then only has to ask what changed.
//
// A [Book] has the recipients of one kind, [Members] those of one group, and a
// [Store] is the file. What a directory means, and when to trust it, is not
// this package's business.
package snapshot
