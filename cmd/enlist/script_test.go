package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	traces "go.opentelemetry.io/proto/otlp/trace/v1"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"enlist": main})
}

// TestScripts runs the compiled command against simulated tenants. A script
// says what it is about in its first lines; its own commands are:
//
//	tenant [seed=FILE] [state=FILE] [quota=N[/D]] [replication=D] [graph=D] [lifetime=D] [latency=D] [conflicts=BOOL] [two-holders=ADDRESS] [app-roles=A,B] [exchange-roles=A,B]
//	    starts a simulated tenant with the default company, or starts it anew
//	    on the same state; enlist then uses it with --tenant sim
//	exits CODE PROGRAM …   runs a program and checks its exit code
//	faults FILE            lets the faults in FILE come
//	writes N               checks how many writing commands the tenant was sent since the last check
//	mail FROM TO WANT      sends a mail and checks the answer; see cmdMail
//	conflicts              prints how many commands the tenant refused since another one changed the same group
//	contact ADDRESS        prints a mail contact as the tenant has it
//	mails FILE POLICY      sends the mails of a table for the policy; see cmdMails
//	sent COMMAND N         checks how often one command was sent, all in all
//	outcomes DIR           prints line, verdict, contact, groups, senders and code of each row of a report
//	short-outcomes DIR     the same without groups and senders
//	await FILE             waits until the file exists
//	run-id DIR NAME        sets the variable NAME to the id of the run that a report is about
//	next-steps DIR         checks that each row with a problem says what happened and what to do
//	listener               starts a server that is notified of how runs end
//	heard                  prints how much it was sent since the last time, and the paths and bodies
//	json-lines             checks that each line of standard error is a JSON object
//	names-nobody           checks that standard error names none of the people of troubles
//	sent-mail              prints the mails that were sent through Graph
//	collector              starts an OpenTelemetry collector that enlist tells
//	collected [WORD …]     prints how often, and what, it was told since the last time; no WORD may be in it
//	troubles N FILE        writes a file of N people, one in each trouble among them, and FILE.want
//	sql FILE STATEMENT     changes a state file that no run holds
//	damage FILE            alters every byte of a state file but those of its first page
//	small-disk FOLDER N    makes the folder a disk of N KiB, where the condition small-disks holds
//	modes                  lets the modes of files stop enlist even for root, where the condition modes holds
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "scripts"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[tenantKey{}] = &scriptTenant{}
			env.Values[listenerKey{}] = &listener{}
			env.Values[collectorKey{}] = &collector{spans: map[string]*traces.Span{}}
			env.Setenv("ENLIST_TENANT", "sim")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"tenant":         cmdTenant,
			"exits":          cmdExits,
			"faults":         cmdFaults,
			"mail":           cmdMail,
			"mails":          cmdMails,
			"writes":         cmdWrites,
			"sent":           cmdSent,
			"conflicts":      cmdConflicts,
			"contact":        cmdContact,
			"outcomes":       cmdOutcomes,
			"short-outcomes": cmdShortOutcomes,
			"await":          cmdAwait,
			"run-id":         cmdRunID,
			"next-steps":     cmdNextSteps,
			"listener":       cmdListener,
			"heard":          cmdHeard,
			"json-lines":     cmdJSONLines,
			"names-nobody":   cmdNamesNobody,
			"sent-mail":      cmdSentMail,
			"collector":      cmdCollector,
			"collected":      cmdCollected,
			"troubles":       cmdTroubles,
			"sql":            cmdSQL,
			"damage":         cmdDamage,
			"small-disk":     cmdSmallDisk,
			"modes":          func(ts *testscript.TestScript, _ bool, _ []string) { keepToModes(ts) },
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "small-disks":
				return hasSmallDisks(), nil
			case "modes":
				return hasModes(), nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
	})
}

type tenantKey struct{}

// scriptTenant is the simulated tenant of one script.
type scriptTenant struct {
	server *simtenant.Server
	writes int // seen by the last check
}

func tenantOf(ts *testscript.TestScript) *scriptTenant {
	return ts.Value(tenantKey{}).(*scriptTenant)
}

func cmdTenant(ts *testscript.TestScript, neg bool, args []string) {
	t := tenantOf(ts)
	if t.server != nil {
		ts.Check(t.server.Close())
	} else {
		ts.Defer(func() { _ = t.server.Close() })
	}
	t.writes = 0
	cfg := tenantConfig(ts, args)
	server, err := simtenant.Start(context.Background(), cfg)
	ts.Check(err)
	t.server = server
	ca := ts.MkAbs("ca.pem")
	ts.Check(os.WriteFile(ca, server.CertificatePEM(), 0o600))
	ts.Setenv("ENLIST_SIM_ADDRESS", strings.TrimPrefix(server.URL(), "https://"))
	ts.Setenv("ENLIST_SIM_CA", ca)
	ts.Setenv("AZURE_CLIENT_ID", server.App().ClientID)
	ts.Setenv("AZURE_CLIENT_SECRET", server.App().Secret)
}

func tenantConfig(ts *testscript.TestScript, args []string) simtenant.Config {
	cfg := simtenant.Config{Seed: directory.DefaultSeed(), SMTP: "127.0.0.1:0"}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		var err error
		switch name {
		case "seed":
			cfg.Seed, err = directory.ParseSeed([]byte(ts.ReadFile(value)))
		case "state":
			cfg.StateFile = ts.MkAbs(value)
		case "quota":
			number, within, timed := strings.Cut(value, "/")
			cfg.CreationQuota, err = strconv.Atoi(number)
			if timed {
				ts.Check(err)
				cfg.CreationWindow, err = time.ParseDuration(within)
			}
		case "replication":
			cfg.ReplicationDelay, err = time.ParseDuration(value)
		case "graph":
			cfg.GraphDelay, err = time.ParseDuration(value)
		case "lifetime":
			cfg.TokenLifetime, err = time.ParseDuration(value)
		case "latency":
			cfg.Latency, err = time.ParseDuration(value)
		case "conflicts":
			cfg.GroupConflicts, err = strconv.ParseBool(value)
		case "two-holders":
			cfg.Seed.Contacts = append(cfg.Seed.Contacts, directory.SeedContact{Email: value, DisplayName: "The contact"})
			cfg.Seed.Users = append(cfg.Seed.Users, directory.SeedUser{Kind: "guest", Address: value, DisplayName: "The guest"})
		case "crowd": // a group that all contacts are members of
			for i := range cfg.Seed.Groups {
				if g := &cfg.Seed.Groups[i]; g.Address == value {
					for _, c := range cfg.Seed.Contacts {
						g.Members = append(g.Members, c.Email)
					}
				}
			}
		case "strangers": // mail contacts that no file names
			var n int
			n, err = strconv.Atoi(value)
			for i := range n {
				cfg.Seed.Contacts = append(cfg.Seed.Contacts, directory.SeedContact{Email: fmt.Sprintf("stranger%d@tailspin.example", i), DisplayName: fmt.Sprint("Stranger ", i)})
			}
		case "app-roles":
			cfg.Seed.Apps[0].AppRoles = strings.Split(value, ",")
		case "exchange-roles":
			cfg.Seed.Apps[0].ExchangeRoles = strings.Split(value, ",")
		default:
			ts.Fatalf("tenant does not know %s", arg)
		}
		ts.Check(err)
	}
	return cfg
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func cmdFaults(ts *testscript.TestScript, neg bool, args []string) {
	resp, err := simClient(ts).Post(tenantOf(ts).server.URL()+"/sim/faults", "application/json", strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		body, _ := io.ReadAll(resp.Body)
		ts.Fatalf("the tenant does not take the faults: HTTP %d: %s", resp.StatusCode, body)
	}
}

// simClient trusts the tenant's certificate.
func simClient(ts *testscript.TestScript) *http.Client {
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	ts.Defer(server.Close)
	client := server.Client()
	roots, err := readRoots(ts.MkAbs("ca.pem"), "")
	ts.Check(err)
	client.Transport.(*http.Transport).TLSClientConfig.RootCAs = roots
	return client
}

func isWrite(command string) bool {
	verb, _, _ := strings.Cut(command, "-")
	return verb != "Get"
}

func cmdWrites(ts *testscript.TestScript, neg bool, args []string) {
	t := tenantOf(ts)
	total := 0
	for command, n := range t.server.Stats().Commands {
		if isWrite(command) {
			total += int(n)
		}
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := total - t.writes; got != want {
		ts.Fatalf("%d writing commands, want %d; all in all: %v", got, want, t.server.Stats().Commands)
	}
	t.writes = total
}

func cmdContact(ts *testscript.TestScript, neg bool, args []string) {
	for _, c := range tenantOf(ts).server.State().Contacts {
		if strings.EqualFold(c.Email, args[0]) {
			text, err := json.MarshalIndent(c, "", "  ")
			ts.Check(err)
			_, err = ts.Stdout().Write(append(text, '\n'))
			ts.Check(err)
			return
		}
	}
	ts.Fatalf("there is no mail contact %s", args[0])
}

func cmdSent(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := int(tenantOf(ts).server.Stats().Commands[args[0]]); got != want {
		ts.Fatalf("%s was sent %d times, want %d", args[0], got, want)
	}
}

func cmdConflicts(ts *testscript.TestScript, neg bool, args []string) {
	_, err := fmt.Fprintln(ts.Stdout(), tenantOf(ts).server.Stats().Conflicts)
	ts.Check(err)
}

// reportRows reads report.csv of a report as records by column name.
func reportRows(ts *testscript.TestScript, dir string) []map[string]string {
	text := strings.TrimPrefix(ts.ReadFile(filepath.Join(dir, "report.csv")), "\ufeff")
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	ts.Check(err)
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func cmdOutcomes(ts *testscript.TestScript, neg bool, args []string) {
	printReport(ts, args[0], "line", "verdict", "contact", "groups_added", "groups_existing", "groups_failed", "senders", "error_code")
}

func cmdShortOutcomes(ts *testscript.TestScript, neg bool, args []string) {
	printReport(ts, args[0], "line", "verdict", "contact", "error_code")
}

// signs stand before the columns whose values look alike.
var signs = map[string]string{"groups_added": "+", "groups_existing": "=", "groups_failed": "!", "senders": "senders:"}

func printReport(ts *testscript.TestScript, dir string, columns ...string) {
	var out bytes.Buffer
	for _, row := range reportRows(ts, dir) {
		var cells []string
		for _, column := range columns {
			if row[column] != "" {
				cells = append(cells, signs[column]+row[column])
			}
		}
		fmt.Fprintln(&out, strings.Join(cells, " "))
	}
	_, err := ts.Stdout().Write(out.Bytes())
	ts.Check(err)
}

func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("%s did not come into being", args[0])
}

func cmdRunID(ts *testscript.TestScript, neg bool, args []string) {
	var summary struct{ Run string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], "summary.json"))), &summary))
	ts.Setenv(args[1], summary.Run)
}

func cmdNextSteps(ts *testscript.TestScript, neg bool, args []string) {
	for _, row := range reportRows(ts, args[0]) {
		settled := row["verdict"] == "changed" || row["verdict"] == "unchanged"
		if !settled && (row["error_code"] == "" || row["message"] == "" || row["next_step"] == "") {
			ts.Fatalf("line %s is %s without a code, a message or a next step: %v", row["line"], row["verdict"], row)
		}
	}
	var summary struct {
		Verdicts map[string]int
		Input    struct{ Rows int }
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], "summary.json"))), &summary))
	if rows := reportRows(ts, args[0]); summary.Input.Rows != len(rows) {
		ts.Fatalf("the summary counts %d rows, the report has %d", summary.Input.Rows, len(rows))
	}
}
