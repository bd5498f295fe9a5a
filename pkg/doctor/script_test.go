package doctor

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// scriptParts cuts a script into what bash, PowerShell and bash again are to run.
func scriptParts(t *testing.T, s Script) [3]string {
	t.Helper()
	var b strings.Builder
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	grant, rest, found := strings.Cut(b.String(), "# Part 2")
	roles, use, foundToo := strings.Cut(rest, "# Where enlist runs")
	if !found || !foundToo {
		t.Fatalf("the parts are not to be told apart:\n%s", b.String())
	}
	return [3]string{grant, "# Part 2" + roles, "# Where" + use}
}

func everyScript() []Script {
	all := []string{"New-MailContact", "Set-Contact", "Add-DistributionGroupMember", "Set-DistributionGroup", "Set-UnifiedGroup"}
	return []Script{
		{Tenant: "contoso.onmicrosoft.com", Commands: all},
		{Cloud: "usgov", Commands: all, InvitesGuests: true},
		{Cloud: "China", Commands: all},
		{Tenant: "contoso.onmicrosoft.com", Commands: all, Sender: "o'brien-enlist@contoso.example"},
	}
}

func TestScriptIsBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	for _, s := range everyScript() {
		parts := scriptParts(t, s)
		for _, part := range []string{parts[0], parts[2]} {
			check := exec.Command(bash, "-n")
			check.Stdin = strings.NewReader(part)
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("%+v: %v\n%s\n%s", s, err, out, part)
			}
		}
	}
}

// cmdletLine is a command of PowerShell as the script has them: a cmdlet with
// switches and their values, which are words, quoted texts with commas between
// them, or a member of what another cmdlet in parentheses gives.
var cmdletLine = regexp.MustCompile(`^[A-Z][a-z]+-[A-Z][A-Za-z]+( [A-Za-z]+)?( -[A-Z][A-Za-z]+( ("[^"]+"(,"[^"]+")*|[A-Za-z_0-9]+|\([A-Za-z -]+\)\.[A-Z][a-z]+))?)*$`)

func TestScriptIsPowerShell(t *testing.T) {
	for _, s := range everyScript() {
		for line := range strings.Lines(scriptParts(t, s)[1]) {
			line = strings.TrimSuffix(line, "\n")
			if line != "" && !strings.HasPrefix(line, "#") && !cmdletLine.MatchString(line) {
				t.Errorf("%+v: this is no command of PowerShell: %s", s, line)
			}
		}
	}
}
