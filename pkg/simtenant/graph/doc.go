// Package graph is the Microsoft Graph v1.0 face of the simulated tenant, as
// far as a client needs it that looks after mail contacts and groups.
//
// It reads the directory through [directory.Directory.Graph], that is with the
// delay with which Graph follows Exchange, and refuses what Graph refuses: it
// never writes contacts, distribution lists or mail-enabled security groups.
//
// A request goes through these steps: [New] routes it, run asks who calls and
// whether the app may, readQuery reads the query options and refuses the ones
// that the service refuses, and an endpoint answers. What the answers
// look like is told by the tables in contact.go, group.go and user.go: one line
// per property with its name, its value and the filters that it supports.
//
// Facts come from Microsoft Learn: the pages on the resources named in the
// tables, and "Advanced query capabilities on Microsoft Entra ID objects". Where
// a fact was seen in a public issue instead, the comment there says "observed".
package graph
