package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// programmers matches words of the Go library and of programs in general, which
// say nothing to an Exchange administrator.
var programmers = regexp.MustCompile(`(?i)\b(dial tcp|connect:|lookup \S+ on|no such file|is a directory|not a directory|permission denied|` +
	`context (deadline|canceled)|unexpected EOF|EOF|x509|tls:|nil|panic|goroutine|strconv|invalid syntax|parse "|unmarshal|json:|asn1|` +
	`pkcs12|template:|sql|errno|args?\(s\)|(graph|exchange|onboard|intake|journal|cloud): )`)

// failure is a command line that can't do its work.
type failure struct {
	args []string
	env  []string // NAME=value
	code exitCode
	says string
}

// TestFailuresSpeakPlainEnglish brings about failures of every kind, and wants
// each told in words of everyday, with what to do. Those of the network take
// long, and are in unreachable.txtar.
func TestFailuresSpeakPlainEnglish(t *testing.T) {
	dir := failureFolder(t)
	closed := freeAddress(t)

	secret := []string{"AZURE_CLIENT_ID=00000000-0000-4000-8000-000000000001", "AZURE_CLIENT_SECRET=secret-of-the-app"}
	certificate := func(path string) []string {
		return []string{"AZURE_CLIENT_ID=x", "AZURE_CLIENT_CERTIFICATE_PATH=" + path}
	}
	with := func(flags ...string) []string {
		return append([]string{"run", "people.csv", "--state", "off"}, flags...)
	}
	real := func(flags ...string) []string { return with(append(flags, "--tenant", "contoso.onmicrosoft.com")...) }
	sim := func(flags ...string) []string { return with(append(flags, "--tenant", "sim")...) }
	at := func(url string, flags ...string) []string {
		return real(append(flags, "--cloud", "custom", "--cloud-url", url)...)
	}
	for name, f := range map[string]failure{
		"no tenant":             {with(), nil, exitUsage, "No tenant was chosen"},
		"no such tenant name":   {with("--tenant", "con toso"), secret, exitUsage, "neither a tenant's id nor"},
		"no credential":         {real(), nil, exitDenied, "No credential"},
		"certificate missing":   {real(), certificate("nothing.pem"), exitDenied, "there is no nothing.pem"},
		"certificate a folder":  {real(), certificate("folder"), exitDenied, "folder is a folder"},
		"certificate of bytes":  {real(), certificate("bytes.csv"), exitDenied, "holds no certificate"},
		"address without https": {at("127.0.0.1:9"), secret, exitUsage, "must be https://HOST"},
		"cloud unknown":         {real("--cloud", "mars"), secret, exitUsage, "mars"},
		"authority missing":     {at("https://"+closed, "--cloud-ca", "nothing.pem"), secret, exitUsage, "there is no nothing.pem"},
		"authority of bytes":    {at("https://"+closed, "--cloud-ca", "bytes.csv"), secret, exitUsage, "no certificate in PEM form"},

		"input missing":        {[]string{"inspect", "nothing.csv"}, nil, exitUsage, "there is no file or folder of that name"},
		"input a folder":       {[]string{"inspect", "folder"}, nil, exitUsage, "it is a folder"},
		"input empty":          {[]string{"inspect", "empty.csv"}, nil, exitUsage, "the file is empty"},
		"input of bytes":       {[]string{"inspect", "bytes.csv"}, nil, exitUsage, "no column holds the email address"},
		"encoding unknown":     {sim("--encoding", "nope"), nil, exitUsage, "not the name of an encoding"},
		"config missing":       {sim("--config", "nothing.yaml"), nil, exitUsage, "there is no nothing.yaml"},
		"config not YAML":      {sim("--config", "wrong.yaml"), nil, exitUsage, "wrong.yaml:1:"},
		"seed missing":         {sim("--sim-seed", "nothing.json"), nil, exitUsage, "there is no nothing.json"},
		"seed broken off":      {sim("--sim-seed", "wrong.json"), nil, exitUsage, "broke off"},
		"simulation in folder": {sim("--sim-state", "folder"), nil, exitUsage, "folder is a folder"},
		"simulation not there": {sim("--sim-address", closed), nil, exitUsage, "refuses the connection"},
		"state a folder":       {sim("--state", "folder"), nil, exitUsage, "folder is a folder"},
		"state of bytes":       {sim("--state", "bytes.csv"), nil, exitUsage, "not a state file"},
		"report below a file":  {sim("--report", "people.csv/report"), nil, exitUsage, "is a file, not a folder"},
		"plan of bytes":        {[]string{"run", "--plan", "bytes.csv", "--tenant", "sim"}, nil, exitUsage, "The plan can't be used"},
		"plan missing":         {[]string{"run", "--plan", "nothing.plan", "--tenant", "sim"}, nil, exitUsage, "there is no nothing.plan"},
		"plan to no folder":    {[]string{"plan", "people.csv", "--tenant", "sim", "--out", "nothing/people.plan"}, nil, exitUsage, "there is no folder nothing"},
		"no record":            {[]string{"history", "--state", "nothing.db"}, nil, exitUsage, "there is no nothing.db"},
		"record off":           {[]string{"undo", "20261123T142200Z-5b1e", "--state", "off"}, nil, exitUsage, "no runs are recorded"},
		"webhook not an URL":   {sim(), []string{"ENLIST_NOTIFY_WEBHOOK=:nothing"}, exitUsage, "not an http or https URL"},
		"command unknown":      {[]string{"histroy"}, nil, exitUsage, "Did you mean: enlist history?"},
		"argument missing":     {[]string{"undo"}, nil, exitUsage, "Write: enlist undo RUN"},
		"argument too many":    {[]string{"version", "2"}, nil, exitUsage, "Write: enlist version"},
		"flag unknown":         {sim("--worker", "2"), nil, exitUsage, "Unknown flag: --worker"},
		"flag no number":       {sim("--workers", "many"), nil, exitUsage, "it wants a whole number"},
		"flag no duration":     {sim("--max-duration", "2"), nil, exitUsage, "it wants a duration"},
		"flag no share":        {sim("--max-creates", "some"), nil, exitUsage, "neither a number such as 25"},
		"flag no age":          {[]string{"history", "--forget", "x", "--state", "nothing.db"}, nil, exitUsage, "neither a number of days"},
		"flag no choice":       {sim("--senders", "all"), nil, exitUsage, "anyone, listed"},
		"flag no template":     {sim("--display-name", "{{.Nickname}}"), nil, exitUsage, "Its parts can be"},
		"variable no number":   {sim(), []string{"ENLIST_WORKERS=many"}, exitUsage, "The environment variable ENLIST_WORKERS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(dir)
			for _, v := range f.env {
				name, value, _ := strings.Cut(v, "=")
				t.Setenv(name, value)
			}
			f.bringAbout(t)
		})
	}
}

// TestHelpSpeaksPlainEnglish reads the help of each command.
func TestHelpSpeaksPlainEnglish(t *testing.T) {
	types := regexp.MustCompile(`--\S+ (string|int|bool|duration|float)\w*`)
	var read func(cmd *cobra.Command)
	read = func(cmd *cobra.Command) {
		var out bytes.Buffer
		words := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		if code := run(words, streams{in: strings.NewReader(""), out: &out, err: &out}); code != exitDone {
			t.Errorf("%v: exit code %d", words, code)
		}
		for _, unwanted := range []*regexp.Regexp{programmers, types} {
			if word := unwanted.FindString(out.String()); word != "" {
				t.Errorf("%v says %q", words, word)
			}
		}
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%v: the short description is %q", words, cmd.Short)
		}
		for _, sub := range cmd.Commands() {
			read(sub)
		}
	}
	read(newRootCommand(streams{}))
}

// failureFolder holds files of which none is what it should be, but for one.
func failureFolder(t *testing.T) string {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AZURE_") || strings.HasPrefix(name, "ENLIST_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("PATH", "") // no Azure CLI
	dir := t.TempDir()
	for name, text := range map[string]string{
		"people.csv": "email,groups\nana.pop@fabrikam.example,partners@contoso.example\n",
		"bytes.csv":  "\x7fELF\x02\x01\x01\x90\x13\x00\x11\x12\n\x80\xfe",
		"empty.csv":  "",
		"wrong.json": "{",
		"wrong.yaml": "workers: [",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (f failure) bringAbout(t *testing.T) {
	t.Helper()
	var out, told bytes.Buffer
	code := run(f.args, streams{in: strings.NewReader(""), out: &out, err: &told})
	text := told.String()
	if code != f.code {
		t.Errorf("exit code %d, want %d", code, f.code)
	}
	if !strings.Contains(text, f.says) {
		t.Errorf("does not say %q:\n%s", f.says, text)
	}
	if word := programmers.FindString(text); word != "" {
		t.Errorf("says %q:\n%s", word, text)
	}
	if strings.Contains(text, "secret-of-the-app") {
		t.Errorf("tells the secret:\n%s", text)
	}
	text = strings.TrimSuffix(strings.TrimSpace(text), "\nNothing was changed.")
	if len(regexp.MustCompile(`[.:?]\s|: `).FindAllString(text, -1)) < 2 {
		t.Errorf("gives no next step:\n%s", text)
	}
}
