package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// proxied is an error as it comes back, now and then, when the request reached
// a server that its anchor mailbox does not lead to, and was passed on: the
// reason stands as JSON inside the text of another exception.
//
// Observed, 2023. Its status is not known.
func (c *call) proxied(e *cmdletError) *cmdletError {
	r := c.request
	if r.server == r.home || e.binding || r.number%2 == 0 {
		return e
	}
	inner, err := json.Marshal(e.body().Error)
	if err != nil {
		return internalError(err)
	}
	from, to := c.face.dir.Exchange(r.home), c.view
	return &cmdletError{status: http.StatusBadRequest, typ: "Microsoft.Exchange.Configuration.CmdletProxyException",
		text: fmt.Sprintf("Error on proxy command '%s' to server %s: Server version 15.20.6699.0000, Proxy method PSWS:  %s: Error executing cmdlet : %s [Server=%s,RequestId=%s,TimeStamp=%s] .",
			c.cmdlet.name, to.Server(), statusCodes[e.status], inner, from.Server(), c.face.requestID(r),
			c.face.opts.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))}
}
