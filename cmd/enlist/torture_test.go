package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/fault"
)

var (
	tortureRuns = flag.Int("torture.runs", 4, "how many runs TestTorture kills and goes on with")
	tortureSeed = flag.Uint64("torture.seed", uint64(time.Now().UnixNano()), "decides all that is left to chance in TestTorture")
)

// TestTorture kills enlist in mid-run with SIGKILL, at a command chosen by
// chance, while the tenant drops connections before and after doing the work,
// and goes on with the run, being killed again now and then, until it is done.
// Half of the runs follow an earlier one of their source, and take out of the
// groups whom their input does not name any more. Half of them invite guests, and
// half open the groups to listed senders only.
// However it went, everybody is in the wanted groups then, and may write to them
// as wanted, nobody exists twice, no command was sent again that the journal knew
// to be done, and the report has each row once.
//
// A failure tells its seed. To repeat it:
//
//	go test ./cmd/enlist -run TestTorture -torture.runs 1 -torture.seed SEED
func TestTorture(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGKILL")
	}
	t.Logf("%d runs from seed %d", *tortureRuns, *tortureSeed)
	enlist := programOf(t)
	kills := make(chan int, *tortureRuns)
	t.Run("runs", func(t *testing.T) {
		for i := range *tortureRuns {
			seed := *tortureSeed + uint64(i)
			t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
				t.Parallel()
				kills <- torture(t, enlist, seed)
			})
		}
	})
	close(kills)
	total := 0
	for n := range kills {
		total += n
	}
	t.Logf("enlist was killed %d times in %d runs", total, *tortureRuns)
}

// programOf gives a path that runs this test's program as enlist.
func programOf(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "enlist")
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// victim is one run of enlist with all it needs.
type victim struct {
	t       *testing.T
	chance  *rand.Rand
	enlist  string
	folder  string
	tenant  *simtenant.Server
	wire    *wire
	wireCA  string
	guests  bool                // some people are guests, of a Microsoft 365 group
	listed  bool                // only listed senders may write to the groups
	members map[string][]string // wanted, by group
	opened  map[string]bool     // groups that somebody was to be in at any time
	people  map[string]int      // who is to exist, once
	rows    int
	kills   int
	// pruneFailed: not everybody was taken out who was to be.
	pruneFailed bool
	// confirmed are the commands that the journal knew to be done when enlist
	// was killed.
	confirmed map[wireCommand]bool
}

// torture does one run to its end, and tells how often it was killed.
func torture(t *testing.T, enlist string, seed uint64) int {
	chance := rand.New(rand.NewPCG(seed, seed))
	tenant, err := simtenant.Start(t.Context(), simtenant.Config{
		RandomSeed:       seed,
		ReplicationDelay: time.Duration(chance.IntN(2)) * 200 * time.Millisecond,
		GraphDelay:       time.Duration(chance.IntN(3)) * time.Second,
		Faults: []fault.Fault{
			{Action: fault.ResetBefore, Path: "/adminapi", Probability: 0.02},
			{Action: fault.ResetAfter, Path: "/adminapi", Probability: 0.02},
			{Action: fault.ResetBefore, Path: "/v1.0/invitations", Probability: 0.1},
			{Action: fault.ResetAfter, Path: "/v1.0/invitations", Probability: 0.1},
			{Action: fault.ResetBefore, Path: "/v1.0/groups", Probability: 0.05},
			{Action: fault.ResetAfter, Path: "/v1.0/groups", Probability: 0.05},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tenant.Close()
	v := &victim{t: t, chance: chance, enlist: enlist, folder: t.TempDir(), tenant: tenant, wire: newWire(t, tenant),
		guests: chance.IntN(2) == 0, listed: chance.IntN(2) == 0,
		members: map[string][]string{}, opened: map[string]bool{}, people: map[string]int{}, confirmed: map[wireCommand]bool{}}
	v.wireCA = v.wire.saveCA(t)

	run := append(v.policy(), "--report", "report", "people.csv")
	if chance.IntN(2) == 0 {
		v.writeInput("former.csv")
		v.sitting(0, append(v.policy(), "--report", "former", "former.csv")...)
		v.finish()
		run = append(run, "--prune", "--max-removals", "100%", "--accept-shrunk-input")
	}
	v.writeInput("people.csv")
	v.sitting(1+chance.IntN(20), run...)
	v.finish()
	for range 5 { // a removal that failed is for the next run to do
		if !v.pruneFailed {
			break
		}
		v.sitting(0, append(run, "--report", "next")...)
		v.finish()
	}
	v.check()
	return v.kills
}

// policy is the command to run, with the flags of all runs.
func (v *victim) policy() []string {
	run := []string{"run", "--source", "hr"}
	if v.guests {
		run = append(run, "--m365-groups", "guest")
	}
	if v.listed {
		run = append(run, "--senders", "listed", "--internal-senders", allStaff)
	}
	return run
}

// finish goes on with the run until it is done.
func (v *victim) finish() {
	for range 20 {
		if v.complete() {
			return
		}
		killAt := 0
		if v.chance.IntN(4) == 0 {
			killAt = 1 + v.chance.IntN(10)
		}
		v.sitting(killAt, "resume")
	}
	v.t.Fatal("the run was not done after it was gone on with 20 times")
}

const (
	allStaff = "all-staff@contoso.example"    // everybody inside
	team     = "project-team@contoso.example" // takes people from outside as guests
)

// writeInput makes up people, some of them in several rows. They are wanted in
// their groups, and nobody else any more. A guest's rows all name the team, so
// that none of them makes a contact.
func (v *victim) writeInput(name string) {
	clear(v.members)
	groups := []string{"partners@contoso.example", "news@contoso.example", "suppliers@contoso.example"}
	var text strings.Builder
	text.WriteString("email,display_name,company,groups\n")
	v.rows = 8 + v.chance.IntN(8)
	for range v.rows {
		n := v.chance.IntN(10)
		person := fmt.Sprintf("person%d@torture.example", n)
		wanted := []string{groups[v.chance.IntN(len(groups))]}
		if v.guests && n < 4 {
			wanted = append(wanted, team)[v.chance.IntN(2):]
		}
		v.people[person] = 1
		for _, group := range wanted {
			v.opened[group] = true
			if !slices.Contains(v.members[group], person) {
				v.members[group] = append(v.members[group], person)
			}
		}
		fmt.Fprintf(&text, "%s,Person %d,Torture Ltd,%s\n", person, n, strings.Join(wanted, ";"))
	}
	if err := os.WriteFile(filepath.Join(v.folder, name), []byte(text.String()), 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// sitting runs enlist once, and kills it at the given command if that comes.
func (v *victim) sitting(killAt int, args ...string) {
	v.t.Helper()
	address := strings.TrimPrefix(v.wire.server.URL, "https://")
	if args[0] == "run" {
		args = append(args, "--tenant", "sim", "--sim-address", address, "--sim-ca", v.wireCA)
		// A run that is begun anew goes by the tenant, which may not show yet what the
		// one before has done. Only what was taken away it knows from the journal.
		maps.DeleteFunc(v.confirmed, func(c wireCommand, _ bool) bool { return !c.takesAway() })
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, v.enlist, append(args, "--state", "state.db", "--workers", "4", "--settle", "1s")...)
	cmd.Dir = v.folder
	cmd.Env = append(os.Environ(), "AZURE_CLIENT_ID="+v.tenant.App().ClientID, "AZURE_CLIENT_SECRET="+v.tenant.App().Secret)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	when := phase(v.chance.IntN(2))
	after := time.Duration(v.chance.IntN(3000)) * time.Microsecond
	started := make(chan struct{})
	v.wire.strikeAt(killAt, func(p phase) {
		if p != when {
			return
		}
		// A moment later the answer may be read, and the next step begun.
		time.AfterFunc(after, func() {
			<-started
			_ = cmd.Process.Kill()
		})
	})
	err := cmd.Start()
	if err != nil {
		v.t.Fatal(err)
	}
	close(started)
	err = cmd.Wait()
	v.wire.strikeAt(0, nil)
	v.checkSent(said.String())

	v.pruneFailed = strings.Contains(said.String(), "failed: take ")
	var exit *exec.ExitError
	switch {
	case err == nil:
	case !errors.As(err, &exit) || ctx.Err() != nil:
		v.t.Fatalf("enlist %s: %v\n%s", args[0], err, said.String())
	case exit.ExitCode() == -1:
		v.kills++
	case !slices.Contains([]exitCode{exitRowsFailed, exitLater}, exitCode(exit.ExitCode())):
		v.t.Fatalf("enlist %s ended with exit code %d:\n%s", args[0], exit.ExitCode(), said.String())
	}
	v.noteConfirmed()
}

// checkSent fails if one of the commands since the last kill was known to be
// done by then.
func (v *victim) checkSent(said string) {
	for _, c := range v.wire.sent() {
		if v.confirmed[c] {
			v.t.Errorf("%s was sent again for %s %s, though it was known to be done\n%s", c.name, c.identity, c.member, said)
		}
	}
}

// noteConfirmed reads what the journal knows to be done.
func (v *victim) noteConfirmed() {
	db, err := sql.Open("sqlite", filepath.Join(v.folder, "state.db"))
	if err != nil {
		v.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT kind, address, person_ref, person_id, group_ref, group_id, group_kind FROM steps
		WHERE state = 'done' AND run = (SELECT max(seq) FROM runs)`)
	if err != nil {
		v.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, groupKind, address, person, personID, group, groupID string
		if err := rows.Scan(&kind, &address, &person, &personID, &group, &groupID, &groupKind); err != nil {
			v.t.Fatal(err)
		}
		command := map[string]wireCommand{
			journal.CreateContact: {"New-MailContact", address, ""},
			journal.InviteGuest:   {inviteGuest, address, ""},
			journal.SetAttributes: {"Set-Contact", person, ""},
			journal.AddMember:     {"Add-DistributionGroupMember", group, person},
			journal.OpenGroup:     {"Set-DistributionGroup", group, ""},
			journal.AllowSender:   {allowSender, group, person},
			journal.RemoveMember:  {"Remove-DistributionGroupMember", group, person},
			journal.RemoveSender:  {removeSender, group, person},
		}[kind]
		if groupKind == string(onboard.GroupMicrosoft365) {
			switch kind {
			case journal.AddMember:
				command = wireCommand{addGuest, groupID, personID}
			case journal.OpenGroup:
				command.name = "Set-UnifiedGroup"
			case journal.RemoveMember:
				command = wireCommand{removeGuest, groupID, personID}
			}
		}
		command.identity, command.member = strings.ToLower(command.identity), strings.ToLower(command.member)
		v.confirmed[command] = true
	}
	if err := rows.Err(); err != nil {
		v.t.Fatal(err)
	}
}

// complete reports whether every row has its final outcome.
func (v *victim) complete() bool {
	j, err := journal.Read(context.Background(), filepath.Join(v.folder, "state.db"))
	if err != nil {
		v.t.Fatal(err)
	}
	defer j.Close()
	run, err := j.Last(context.Background())
	if err != nil {
		v.t.Fatal(err)
	}
	return run.Complete
}

// check compares the tenant and the report with what was wanted.
func (v *victim) check() {
	state := v.tenant.State()
	known := addresses(state)
	people := map[string]int{}
	for _, address := range known {
		if isTortured(address) {
			people[address]++
		}
	}
	if diff := cmp.Diff(v.people, people); diff != "" {
		v.t.Error("contacts and guests (-want +got):\n" + diff)
	}
	for _, g := range state.Groups {
		wanted := sorted(v.members[g.Address])
		members := sorted(slices.DeleteFunc(named(known, g.Members), func(a string) bool { return !isTortured(a) }))
		if diff := cmp.Diff(wanted, members, cmpopts.EquateEmpty()); diff != "" {
			v.t.Errorf("members of %s (-want +got):\n%s", g.Address, diff)
		}
		if !v.opened[g.Address] {
			continue
		}
		if *g.RequireSenderAuthentication {
			v.t.Errorf("%s is closed", g.Address)
		}
		var senders []string
		if v.listed {
			senders = sorted(append(wanted, allStaff))
		}
		if diff := cmp.Diff(senders, sorted(named(known, g.AllowedSenders)), cmpopts.EquateEmpty()); diff != "" {
			v.t.Errorf("who may write to %s (-want +got):\n%s", g.Address, diff)
		}
	}
	v.checkReport()
}

// addresses are those of the contacts and users, by their ids.
func addresses(state *directory.Seed) map[string]string {
	known := map[string]string{}
	for _, c := range state.Contacts {
		known[c.ID] = strings.ToLower(c.Email)
	}
	for _, u := range state.Users {
		known[u.ID] = strings.ToLower(u.Address)
	}
	return known
}

// named gives the addresses behind references, which are ids or addresses.
func named(known map[string]string, references []string) []string {
	var names []string
	for _, r := range references {
		if address, ok := known[r]; ok {
			r = address
		}
		names = append(names, strings.ToLower(r))
	}
	return names
}

func isTortured(address string) bool { return strings.HasSuffix(address, "@torture.example") }

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func (v *victim) checkReport() {
	rows, err := readReport(filepath.Join(v.folder, "report", "report.csv"))
	if err != nil {
		v.t.Fatal(err)
	}
	if len(rows) != v.rows {
		v.t.Errorf("the report has %d rows, the input %d", len(rows), v.rows)
	}
	created := map[string]int{}
	for i, row := range rows {
		if row["line"] != fmt.Sprint(i+2) || row["verdict"] != "changed" && row["verdict"] != "unchanged" {
			v.t.Errorf("row %d of the report is line %s, %s: %s", i+1, row["line"], row["verdict"], row["message"])
		}
		if row["contact"] == "created" || row["contact"] == "invited" {
			created[row["email"]]++
		}
	}
	for email, n := range created {
		if n > 1 {
			v.t.Errorf("the report says %d times that %s was created or invited", n, email)
		}
	}
}

func readReport(path string) ([]map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[strings.TrimPrefix(name, "\ufeff")] = record[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}
