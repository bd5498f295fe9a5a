// Package throttle makes the simulated tenant as slow and as grudging as the
// service: a latency for every call, a limit on calls at once, a budget of
// commands per second, and Graph's own budget of resource units.
//
// A [Limiter] wraps the handlers of the two APIs. Each caller, an app in the
// tenant, has its own budgets. Microsoft publishes no numbers for Exchange
// commands (contracts/exchange-admin-api.md, 6.1), so the [Limits] are settings;
// those of Graph are published (Microsoft Learn, "Microsoft Graph
// service-specific throttling limits", identity and access).
package throttle
