// Package simtenant runs a simulated tenant: sign-in, Microsoft Graph and
// Exchange Online's admin API of one invented organisation, served over TLS on
// one port under the service's own paths.
//
// [Start] gives a running [Server] from a [Config]; the zero Config is a small
// company that answers at once. [Profile] gives Configs that are as slow and as
// grudging as the service:
//
//	profile  latency     at once  commands/s      replication  Graph sees it  Graph units/10 s
//	ideal    none        any      any             none         at once        any
//	typical  120 ms      10       30              5 s          15 s           5,000
//	busy     400 ms±50%  5        12              15 s         60 s           3,500
//	hostile  250 ms±90%  5        2 to 20, moves  20 s         90 s           1,500
//
// On top of that, busy leaves Retry-After out of a third of its refusals, and
// one call in 50 misses the domain controller that its anchor leads to. Hostile
// leaves Retry-After out of half of them, words half of them in plain text and
// makes a quarter of them a 503; one call in ten misses its domain controller,
// one in 50 meets a fault, and a group takes one change at a time.
//
// Microsoft publishes no limits for Exchange commands; the numbers of typical
// are such that a client which does well with them does well with what was
// observed (contracts/exchange-admin-api.md, 6). Graph's are the published ones
// for a tenant of 50 to 500 users, and less.
//
// Besides the service's paths there are a few of its own, which want no sign-in:
// GET /sim/stats, /sim/state and /sim/tenant, and /sim/faults (see package fault).
package simtenant
