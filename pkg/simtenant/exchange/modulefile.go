package exchange

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// moduleFile lists the cmdlets that the caller's roles have, as the PowerShell
// module asks for them. To a client it is a cheap test of its permissions.
// Observed: value[].exportedCmdlets, separated by commas.
func (f *face) moduleFile(w http.ResponseWriter, r *request) {
	var names []string
	for _, c := range f.cmdlets {
		if r.rights.any(c.roles...) {
			names = append(names, c.name)
		}
	}
	slices.Sort(names)
	b := append([]byte(`{"@odata.context":`), appendString(nil, fmt.Sprintf("%s/adminapi/%s/%s/$metadata#EXOModuleFile", r.base, r.endpoint.version, r.endpoint.tenant))...)
	b = append(b, `,"value":[{"exportedCmdlets":`...)
	b = appendString(b, strings.Join(names, ","))
	b = append(b, "}]}"...)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Backendhttpstatus", "200,200")
	_, _ = w.Write(b)
}
