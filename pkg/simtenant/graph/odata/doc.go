// Package odata reads the $filter expressions of OData 4 as far as Microsoft
// Graph's directory objects support them, and tells whether an entity matches.
//
// [Parse] turns the text into a [Node]; [Match] evaluates it; [Leaves] lists the
// single conditions, so that the caller can say which of them it supports. The
// package knows no property and no entity (OData 4.01, part 2, "Filter").
package odata
