package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"enlist/pkg/simtenant"
)

// asCommand makes the test's own binary the command, for tests that need a process.
const asCommand = "SIMTENANT_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is the command in a process of its own.
type process struct {
	*exec.Cmd
	url, tenant string
	client      *http.Client
}

func startProcess(t *testing.T, state string) *process {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	p := &process{Cmd: exec.CommandContext(t.Context(), os.Args[0], "--listen", "127.0.0.1:0", "--state", state, "--ca-out", ca)}
	p.Env = append(os.Environ(), asCommand+"=1")
	p.Stderr = t.Output()
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill() // it may be dead already
		_ = p.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`at (\S+) tenant=(\S+)`).FindStringSubmatch(line)
	if found == nil {
		t.Fatalf("the first line is %q", line)
	}
	p.url, p.tenant = found[1], found[2]
	p.client = trusting(t, ca)
	return p
}

func (p *process) send(t *testing.T, req *http.Request) []byte {
	t.Helper()
	res, err := p.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", req.URL, res.Status, &body)
	}
	return body.Bytes()
}

// createContact signs in and makes a contact.
func (p *process) createContact(t *testing.T, email string) {
	t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {"https://outlook.office365.com/.default"},
		"client_id": {simtenant.DefaultClientID}, "client_secret": {simtenant.DefaultClientSecret},
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", p.url+"/"+p.tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(p.send(t, req), &token); err != nil {
		t.Fatal(err)
	}
	command := `{"CmdletInput":{"CmdletName":"New-MailContact","Parameters":{"Name":"` + email + `","ExternalEmailAddress":"` + email + `"}}}`
	req, err = http.NewRequestWithContext(t.Context(), "POST", p.url+"/adminapi/beta/"+p.tenant+"/InvokeCommand", strings.NewReader(command))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-AnchorMailbox", "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@"+p.tenant)
	p.send(t, req)
}

// A change that was answered is there after the process was killed.
func TestStateSurvivesKill(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state.jsonl")
	first := startProcess(t, state)
	first.createContact(t, "kept@fabrikam.example")
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // the error is that it was killed

	second := startProcess(t, state)
	req, err := http.NewRequestWithContext(t.Context(), "GET", second.url+"/sim/state", nil)
	if err != nil {
		t.Fatal(err)
	}
	if body := second.send(t, req); !bytes.Contains(body, []byte("kept@fabrikam.example")) {
		t.Errorf("the contact is gone: %s", body)
	}
}
