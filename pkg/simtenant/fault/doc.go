// Package fault makes the simulated tenant fail on demand, the way the service
// and the network between do: statuses, cut connections before or after the
// work was done, damaged bodies, slow answers, refused tokens.
//
// An [Injector] holds the faults to come. Its Wrap method puts them in front of
// a handler, its Listener in front of a listener, and it is itself the handler
// of the /sim/faults endpoint. What fires is decided by counting calls and by
// random numbers from one seed, so the same calls in the same order meet the
// same faults.
package fault
