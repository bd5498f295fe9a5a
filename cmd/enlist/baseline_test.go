package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"enlist/pkg/onboard"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// BenchmarkBaselines puts new people on groups with enlist and as users' scripts
// do, and tells how many times as fast enlist is: on a typical tenant, and on one
// that is as quick to answer and throttles nobody. The pace of all soon stays the
// same, so that more people would show nothing more.
func BenchmarkBaselines(b *testing.B) {
	people := min(benchPeople(b), 500)
	unlimited := func(c *simtenant.Config) { c.Rate, c.Concurrency = 0, 0 }
	for _, tenant := range []struct {
		name   string
		change func(*simtenant.Config)
	}{
		{"typical", func(*simtenant.Config) {}},
		{"unlimited", unlimited},
	} {
		limits, _ := simtenant.Profile("typical")
		tenant.change(&limits)
		var enlist measured
		b.Run(tenant.name+"/enlist", func(b *testing.B) {
			for b.Loop() {
				server, o := benchTenant(b, "typical", tenant.change)
				enlist = enlistPeople(b, server, o, people)
				enlist.report(b, limits)
			}
		})
		for _, script := range []struct {
			name string
			work func(*script, []onboard.Row)
		}{
			{"article", (*script).article},
			{"careful", (*script).careful},
			{"batches", (*script).batches},
		} {
			b.Run(tenant.name+"/"+script.name, func(b *testing.B) {
				for b.Loop() {
					server, o := benchTenant(b, "typical", tenant.change)
					s := newScript(b, o)
					n := people / 10
					rows := rowsOf(n, server.State().Groups)
					m := measure(server, n, func() { script.work(s, rows) })
					m.report(b, limits)
					if enlist.people > 0 {
						b.ReportMetric(enlist.perSecond()/m.perSecond(), "times-as-fast-is-enlist")
					}
				}
			})
		}
	}
}

func rowsOf(n int, groups []directory.SeedGroup) []onboard.Row {
	var rows []onboard.Row
	for row := range people(n, groups) {
		rows = append(rows, row)
	}
	return rows
}

// script sends what a script would send.
type script struct {
	b      *testing.B
	client *http.Client
	base   string // of the tenant's admin API
	header http.Header
}

func newScript(b *testing.B, o *runOptions) *script {
	b.Helper()
	ctx := context.Background()
	place, err := o.site(ctx)
	if err != nil {
		b.Fatal(err)
	}
	identity, err := place.identity()
	if err != nil {
		b.Fatal(err)
	}
	tokens, err := identity.Exchange()
	if err != nil {
		b.Fatal(err)
	}
	id, err := tokens.TenantID(ctx)
	if err != nil {
		b.Fatal(err)
	}
	token, err := tokens.Token(ctx)
	if err != nil {
		b.Fatal(err)
	}
	return &script{
		b:      b,
		client: &http.Client{Transport: place.transport},
		base:   place.endpoints.Exchange.BaseURL + "/adminapi/beta/" + id,
		header: http.Header{
			"Authorization":   {"Bearer " + token},
			"Content-Type":    {"application/json"},
			"X-AnchorMailbox": {"APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@" + id},
		},
	}
}

// command is one cmdlet with its parameters.
type command struct {
	name       string
	parameters map[string]any
}

func (c command) body() map[string]any {
	return map[string]any{"CmdletInput": map[string]any{"CmdletName": c.name, "Parameters": c.parameters}}
}

func create(r onboard.Row) command {
	return command{"New-MailContact", map[string]any{
		"Name": r.Contact.Email, "DisplayName": r.Contact.DisplayName, "ExternalEmailAddress": r.Contact.Email,
	}}
}

func add(r onboard.Row, group string) command {
	return command{"Add-DistributionGroupMember", map[string]any{"Identity": group, "Member": r.Contact.Email, "BypassSecurityGroupManagerCheck": true}}
}

func openUp(group string) command {
	return command{"Set-DistributionGroup", map[string]any{"Identity": group, "RequireSenderAuthenticationEnabled": false, "BypassSecurityGroupManagerCheck": true}}
}

func lookUp(identity string) command {
	return command{"Get-Recipient", map[string]any{"Filter": "EmailAddresses -eq '" + identity + "'"}}
}

// article is Microsoft's article on external contacts in bulk: one command after
// the other.
func (s *script) article(rows []onboard.Row) {
	for _, r := range rows {
		s.run(create(r))
		for _, g := range r.Groups {
			s.run(add(r, g))
			s.run(openUp(g))
		}
	}
}

// careful looks before each command.
func (s *script) careful(rows []onboard.Row) {
	for _, r := range rows {
		s.run(lookUp(r.Contact.Email))
		s.run(create(r))
		for _, g := range r.Groups {
			s.run(lookUp(g))
			s.run(add(r, g))
			s.run(lookUp(g))
			s.run(openUp(g))
		}
	}
}

// batches sends ten commands at once, one batch after the other, and what was
// throttled again after the pause that was asked for.
func (s *script) batches(rows []onboard.Row) {
	for chunk := range slices.Chunk(rows, 10) {
		steps := make([][]command, 1+2*groupsOfPerson)
		for _, r := range chunk {
			steps[0] = append(steps[0], create(r))
			for i, g := range r.Groups {
				steps[1+2*i] = append(steps[1+2*i], add(r, g))
				steps[2+2*i] = append(steps[2+2*i], openUp(g))
			}
		}
		for _, step := range steps {
			for len(step) > 0 {
				step = s.batch(step)
			}
		}
	}
}

// run sends one command, again after a pause if it is throttled.
func (s *script) run(c command) {
	for {
		status, _ := s.post("/InvokeCommand", c.body())
		if status != http.StatusTooManyRequests {
			s.check(status, c)
			return
		}
		time.Sleep(time.Second)
	}
}

// batch sends the commands and returns those that were throttled.
func (s *script) batch(commands []command) []command {
	var items []map[string]any
	for i, c := range commands {
		headers := map[string]string{"X-CmdletName": c.name}
		for name := range s.header {
			headers[name] = s.header[name][0]
		}
		items = append(items, map[string]any{
			"id": fmt.Sprint(i), "method": "POST", "url": s.base + "/InvokeCommand", "headers": headers, "body": c.body(),
		})
	}
	status, body := s.post("/$batch", map[string]any{"requests": items})
	s.check(status, command{name: "$batch"})
	var out struct {
		Responses []struct {
			ID     string
			Status int
		}
	}
	if err := json.Unmarshal(body, &out); err != nil {
		s.b.Fatal(err)
	}
	var again []command
	for _, r := range out.Responses {
		var i int
		_, _ = fmt.Sscan(r.ID, &i)
		if r.Status == http.StatusTooManyRequests {
			again = append(again, commands[i])
			continue
		}
		s.check(r.Status, commands[i])
	}
	if len(again) > 0 {
		time.Sleep(time.Second)
	}
	return again
}

func (s *script) check(status int, c command) {
	if status >= http.StatusBadRequest {
		s.b.Fatalf("%s %v: HTTP %d", c.name, c.parameters, status)
	}
}

func (s *script) post(path string, content any) (int, []byte) {
	body, err := json.Marshal(content)
	if err != nil {
		s.b.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.b.Context(), http.MethodPost, s.base+path, bytes.NewReader(body))
	if err != nil {
		s.b.Fatal(err)
	}
	req.Header = s.header
	resp, err := s.client.Do(req)
	if err != nil {
		s.b.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		s.b.Fatal(err)
	}
	return resp.StatusCode, answer
}
