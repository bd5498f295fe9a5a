// Package exchange is the face of a simulated tenant that Exchange Online's
// admin REST API shows: commands over InvokeCommand, batches of them, and the
// few documented endpoints nearby.
//
// What it answers, it answers in the service's own forms: the envelopes with
// their annotations, the two kinds of error body, the 403 that is nothing but
// NUL bytes. Where sources about the service disagree, this face takes the side
// that is harder on the client; what nobody has captured is marked "assumed".
//
// A request passes these stations, one file each: the route ([New]), who asks
// (access.go), on which domain controller (server.go), the command and its
// parameters (decode.go, bind.go), the cmdlet itself (cmdlet_*.go), the answer
// (answer.go) or the error (errors.go).
package exchange
