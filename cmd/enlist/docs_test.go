package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// What pages write for the addresses of a simulated tenant, and for the folder
// that a reader is in.
const (
	pageAddress = "127.0.0.1:8443"
	pageSMTP    = "127.0.0.1:2525"
	pageFolder  = "/home/ada"
)

// notRun are the commands of the pages that are not run here, by how they begin.
var notRun = map[string]string{
	"go install ":              "the test has built both programs already",
	"go test ":                 "it is what runs this test",
	"export AZURE_CLIENT_ID=…": "it has no values; docs/real-tenant.md shows the same with some",
}

// TestDocs runs the commands that README.md and docs/ show, each page in a
// folder and a shell of its own, and compares what they print with what the page
// says. Their tenant is a simulated one, be it behind --tenant sim or behind
// contoso.onmicrosoft.com.
//
// On a page
//   - a console block has commands behind "$ ", which go on behind a backslash, and
//     below each of them lines that it prints, with "…" for those left out;
//   - an sh block has commands only;
//   - a block below the line "`NAME`:" is the file of that name.
//
// A command must end with 0, or what its comment "# exit code N" says, or its
// line "Exit code: N". Ids, times and durations may differ.
func TestDocs(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("the pages are for a shell")
	}
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin, "../simtenant").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, path := range docPages(t) {
		t.Run(strings.TrimPrefix(filepath.ToSlash(path), "../../"), func(t *testing.T) {
			t.Parallel()
			p := readPage(t, path)
			if len(p.steps) > 0 {
				p.run(t, bin)
			}
		})
	}
}

// session is a page's folder and tenant.
type session struct {
	dir     string
	address string
	smtp    string
	env     []string
	// asPrinted runs the commands as they stand on the page.
	asPrinted bool
}

func (p *page) run(t *testing.T, bin string) {
	s := &session{dir: t.TempDir()}
	s.env = append(cleanEnvironment(), "HOME="+s.dir, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	s.write(t, "partners.csv", string(readFile(t, "../../testdata/partners.csv")))
	s.write(t, "testdata/partners.csv", string(readFile(t, "../../testdata/partners.csv")))
	for name, text := range p.files {
		s.write(t, name, text)
	}
	if p.startsTenant() {
		s.address, s.smtp = freeAddress(t), freeAddress(t)
	} else {
		s.startTenant(t)
	}
	s.follow(t, p.steps)
}

// follow does the steps in one shell, and checks each.
func (s *session) follow(t *testing.T, steps []step) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", s.script(t, steps))
	shell.Dir, shell.Env = s.dir, s.env
	shell.WaitDelay = 5 * time.Second
	if out, err := shell.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for i, step := range steps {
		s.check(t, i, step)
	}
}

// cleanEnvironment is that of the test without what enlist listens to.
func cleanEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "ENLIST_") || strings.HasPrefix(v, "AZURE_") || strings.HasPrefix(v, "XDG_CONFIG_HOME=")
	})
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (s *session) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *page) startsTenant() bool {
	return slices.ContainsFunc(p.steps, func(s step) bool { return strings.Contains(s.command, "--listen") })
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startTenant starts the tenant that is behind contoso.onmicrosoft.com. It knows
// the certificate in enlist.pem.
func (s *session) startTenant(t *testing.T) {
	t.Helper()
	certificate, key := newCertificate(t)
	s.write(t, "enlist.pem", certificate+key)
	seed := directory.DefaultSeed()
	seed.Apps[0].Certificates = []string{certificate}
	server, err := simtenant.Start(t.Context(), simtenant.Config{Seed: seed, SMTP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	s.address = strings.TrimPrefix(server.URL(), "https://")
	s.write(t, "ca.pem", string(server.CertificatePEM()))
	s.env = append(s.env,
		"ENLIST_CLOUD=custom", "ENLIST_CLOUD_URL="+server.URL(), "ENLIST_CLOUD_CA="+filepath.Join(s.dir, "ca.pem"),
		"AZURE_CLIENT_ID="+server.App().ClientID, "AZURE_CLIENT_CERTIFICATE_PATH="+filepath.Join(s.dir, "enlist.pem"))
}

// newCertificate gives a certificate and its key in PEM form.
func newCertificate(t *testing.T) (certificate, private string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: bare}))
}

// script runs the steps in one shell, and leaves in files what each printed and
// its exit code. A run's id on the page stands for the one that a step printed.
func (s *session) script(t *testing.T, steps []step) string {
	var b strings.Builder
	b.WriteString("trap 'kill $(jobs -p) 2>/dev/null' EXIT\n")
	known := map[string]string{}
	for i, step := range steps {
		if reason := s.whyNotRun(step.command); reason != "" {
			t.Logf("line %d is not run, since %s: %s", step.line, reason, step.command)
			continue
		}
		command := s.here(step.command)
		for id, name := range known {
			command = strings.ReplaceAll(command, id, "$"+name)
		}
		command = background.ReplaceAllString(command, fmt.Sprintf("$0\nuntil grep -q ^Serving .out.%d; do sleep 0.1; done", i))
		fmt.Fprintf(&b, "{ %s\n} >.out.%d 2>&1\necho $? >.code.%d\n", command, i, i)
		if id := runIDs.FindString(strings.Join(step.want, "\n")); id != "" && known[id] == "" {
			known[id] = fmt.Sprintf("run%d", i)
			fmt.Fprintf(&b, "run%d=$(grep -oE '%s' .out.%d | head -n 1)\n", i, runIDs, i)
		}
	}
	return b.String()
}

var (
	background = regexp.MustCompile(`(?m) &$`)
	runIDs     = regexp.MustCompile(`[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}`)
	exitCodes  = regexp.MustCompile(`(?:# exit code |Exit code: )([0-9]+)`)
)

func (s *session) whyNotRun(command string) string {
	for begin, reason := range notRun {
		if strings.HasPrefix(command, begin) && !(s.asPrinted && begin == "go install ") {
			return reason
		}
	}
	program, _, _ := strings.Cut(command, " ")
	if slices.Contains([]string{"curl", "swaks"}, program) {
		if _, err := exec.LookPath(program); err != nil {
			return program + " is not installed"
		}
	}
	return ""
}

// here makes a page's command one for this session.
func (s *session) here(command string) string {
	if s.asPrinted {
		return command
	}
	return strings.NewReplacer(
		pageAddress, s.address, pageSMTP, s.smtp,
		"go run ./cmd/enlist", "enlist", "go run ./cmd/simtenant", "simtenant",
	).Replace(command)
}

// check compares what a step printed with the page.
func (s *session) check(t *testing.T, i int, step step) {
	t.Helper()
	if s.whyNotRun(step.command) != "" {
		return
	}
	printed, err := os.ReadFile(filepath.Join(s.dir, fmt.Sprintf(".out.%d", i)))
	if err != nil {
		t.Errorf("line %d was not reached: %s", step.line, step.command)
		return
	}
	code := bytes.TrimSpace(readFile(t, filepath.Join(s.dir, fmt.Sprintf(".code.%d", i))))
	want := 0
	if m := exitCodes.FindStringSubmatch(step.command + "\n" + strings.Join(step.want, "\n")); m != nil {
		want, _ = strconv.Atoi(m[1])
	}
	if string(code) != strconv.Itoa(want) {
		t.Errorf("line %d: exit code %s, want %d: %s\n%s", step.line, code, want, step.command, printed)
	}
	lines := strings.Split(alike(s.back(string(printed))), "\n")
	for _, line := range step.want {
		if line = alike(line); line == "" || line == "…" {
			continue
		}
		at := slices.Index(lines, line)
		if at < 0 {
			t.Errorf("line %d: %s\ndoes not print\n  %s\nbut\n%s", step.line, step.command, line, printed)
			return
		}
		lines = lines[at+1:]
	}
}

// back makes what was printed what it would be on the page.
func (s *session) back(printed string) string {
	return strings.NewReplacer(s.address, pageAddress, s.dir, pageFolder).Replace(printed)
}

// differing is what differs from run to run, and what stands for it.
var differing = []struct {
	what *regexp.Regexp
	with string
}{
	{runIDs, "RUN"},
	{regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}`), "TIME"},
	{regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}, for [0-9]+ more days`), "DATE"},
	{regexp.MustCompile(`\b[0-9.]+(ms|m[0-9]+s|s)\b`), "DURATION"},
	{regexp.MustCompile(`of [0-9]+ settings`), "of N settings"},
	{regexp.MustCompile(`Forgot [0-9]+ records`), "Forgot N records"},
	{regexp.MustCompile(`Requests to the tenant: [0-9]+ \([0-9]+ to Microsoft Graph\), [0-9]+`), "Requests to the tenant: N (N to Microsoft Graph), N"},
	{regexp.MustCompile(`request [0-9a-f-]{36}\b`), "request ID"},
	{regexp.MustCompile(`[ \t]+`), " "},
	{regexp.MustCompile(`(?m) $`), ""},
}

// alike leaves out what differs.
func alike(text string) string {
	for _, d := range differing {
		text = d.what.ReplaceAllString(text, d.with)
	}
	return text
}
