package exchange_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/exchange"
)

// BenchmarkCommands is one row's commands on a tenant with 200,000 contacts:
// look the address up, make the contact, add it to a group. The target is
// 5,000 commands a second on 2 cores with the network; b.N counts commands.
func BenchmarkCommands(b *testing.B) {
	seed := directory.DefaultSeed()
	for i := range 200_000 {
		seed.Contacts = append(seed.Contacts, directory.SeedContact{Email: fmt.Sprintf("c%06d@proseware.example", i)})
	}
	dir, err := directory.Open(directory.Options{Seed: seed})
	if err != nil {
		b.Fatal(err)
	}
	face := exchange.New(dir, exchange.Options{Authenticate: as("Exchange.ManageAsApp")})
	var rows atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		n, address := 0, ""
		for pb.Next() {
			switch n++; n % 3 {
			case 1:
				address = fmt.Sprintf("new%08d@fabrikam.example", rows.Add(1))
				send(b, face, "Get-Recipient", `"Filter":"EmailAddresses -eq '`+address+`'"`)
			case 2:
				send(b, face, "New-MailContact", `"Name":"`+address+`","ExternalEmailAddress":"`+address+`"`)
			default:
				send(b, face, "Add-DistributionGroupMember", `"Identity":"News","Member":"`+address+`","BypassSecurityGroupManagerCheck":true`)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}

func send(b *testing.B, face http.Handler, cmdlet, parameters string) {
	body := `{"CmdletInput":{"CmdletName":"` + cmdlet + `","Parameters":{` + parameters + `}}}`
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand", strings.NewReader(body))
	r.Header.Set("X-AnchorMailbox", anchor)
	w := httptest.NewRecorder()
	face.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Errorf("%s: %d %s", cmdlet, w.Code, w.Body)
	}
}
