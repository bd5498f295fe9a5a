package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// troubled are rows in trouble, or in what could be one, for the default
// company of the simulated tenant. Their first cell is what outcomes prints of
// them, up to the groups.
var troubled = []struct{ row, want string }{
	{`carla.COSTA@Fabrikam.example,Carla Costa,partners@contoso.example`, "unchanged found"},
	{`d.braun@northwind.example,Dieter Braun,news@contoso.example`, "changed found"},
	{`gita@wingtip.example,Gita Guest,news@contoso.example`, "changed reused"},
	{`mihai@litware.example,Mihai User,news@contoso.example`, "changed reused"},
	{`ada@contoso.example,Ada Admin,news@contoso.example`, "changed reused"},
	{`partners@contoso.example,A group,news@contoso.example`, "failed failed contact.address_is_group"},
	{`nobody@contoso.example,Nobody,news@contoso.example`, "failed failed contact.own_domain"},
	{`two.holders@proseware.example,Two Holders,news@contoso.example`, "failed failed contact.address_ambiguous"},
	{`same.person@wingtip.example,Same Person,news@contoso.example`, "changed created"},
	{`SAME.person@wingtip.example,Same Person,suppliers@contoso.example`, "changed found"},
	{`dan.park@wingtip.example,Dan Park,news@contoso.example`, "changed created"},
	{`dan.park@treyresearch.example,Dan Park,news@contoso.example`, "changed created"},
	{`a.very.long.local.part.that.goes.on.and.on.for.sixty.characters@a-long-domain.example,Long Address,news@contoso.example`, "changed created"},
	{`by.alias@wingtip.example,By Alias,news`, "changed created"},
	{`by.name@wingtip.example,By Name,Partners Germany`, "changed created"},
	{`by.id@wingtip.example,By Id,{news}`, "changed created"},
	{`no.group@wingtip.example,No Group,nowhere@contoso.example`, "partial created group.not_found"},
	{`two.groups@wingtip.example,Ambiguous,Events`, "partial created group.ambiguous"},
	{`dynamic@wingtip.example,Dynamic,all-staff@contoso.example;news@contoso.example`, "partial created group.kind.dynamic"},
	{`modern@wingtip.example,Modern,project-team@contoso.example;news@contoso.example`, "partial created group.kind.microsoft365"},
	{`synced@wingtip.example,Synced,head-office@contoso.example;news@contoso.example`, "partial created group.kind.on_premises"},
	{`rooms@wingtip.example,Rooms,bucharest-rooms@contoso.example`, "partial created group.kind.room_list"},
	{`security@wingtip.example,Security,project-access@contoso.example`, "changed created"},
	{`not an address,Invalid,news@contoso.example`, "invalid row.email.invalid"},
	{`,Missing,news@contoso.example`, "invalid row.email.missing"},
}

// cmdTroubles writes a file of N people to FILE, among them all the troubled,
// and to FILE.want what is to become of each line.
func cmdTroubles(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	news := ""
	for _, g := range tenantOf(ts).server.State().Groups {
		if g.Address == "news@contoso.example" {
			news = g.ID
		}
	}
	var file, want strings.Builder
	file.WriteString("email,display_name,groups\n")
	every := n / len(troubled)
	for i, t := 0, 0; i < n; i++ {
		row, outcome := fmt.Sprintf("person.%d@fabrikam.example,Person %d,partners@contoso.example", i, i), "changed created"
		if i%every == every/2 && t < len(troubled) {
			row, outcome = strings.ReplaceAll(troubled[t].row, "{news}", news), troubled[t].want
			t++
		}
		fmt.Fprintln(&file, row)
		fmt.Fprintf(&want, "%d %s\n", i+2, outcome)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(file.String()), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]+".want"), []byte(want.String()), 0o600))
}
