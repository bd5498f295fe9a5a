package exchange

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// moduleVersion is the version of Microsoft's PowerShell module whose list of
// cmdlets is asked for.
const moduleVersion = "3.9.2"

// AllowedCommands returns the names of the cmdlets that the caller's roles
// allow. It is what Microsoft's PowerShell module asks when it connects
// (observed: CIPP, AvailableCmdlets); whether every tenant answers it to every
// app is not known, so a failure proves nothing about the caller's roles.
func (c *Client) AllowedCommands(ctx context.Context) ([]string, error) {
	at := c.base.JoinPath("adminapi", "v1.0", c.tenant, "EXOModuleFile")
	at.RawQuery = "Version=" + moduleVersion
	cmd := Command{Name: "EXOModuleFile", Effect: Read, header: http.Header{"CommandName": {"*"}}, unsure: true}
	p, err := c.page(ctx, cmd, at, nil)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, value := range p.values {
		var module struct{ ExportedCmdlets string }
		if err := json.Unmarshal(value, &module); err != nil {
			return nil, c.malformed(cmd, p.requestID, err)
		}
		for name := range strings.SplitSeq(module.ExportedCmdlets, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names, nil
}
