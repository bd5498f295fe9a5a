package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/fault"
)

// refusal is a way in which Exchange or Graph refuses something about a group,
// and what a row then says. section is where the contract has it: "exchange" is
// exchange-admin-api.md, "graph" graph-evidence.md.
type refusal struct {
	section, name string
	group         string // default News
	person        string // default somebody new
	flags         string
	refuse        fault.Fault // empty: the tenant does so of itself
	want          string      // verdict, and code
	next          string      // part of the next step; empty without a code
}

// exchangeRefusal is a command's failure in the form of the service; message is
// "code|exception type|text".
func exchangeRefusal(command string, status int, message string) fault.Fault {
	body, err := json.Marshal(map[string]any{"error": map[string]any{
		"code": http.StatusText(status), "message": "Error executing cmdlet",
		"details": []any{map[string]any{"code": "Client", "target": "", "message": message}},
		"innererror": map[string]any{"message": "Error executing cmdlet", "internalexception": map[string]any{
			"message": "Exception of type 'Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException' was thrown.",
			"type":    "Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException",
		}},
	}})
	if err != nil {
		panic(err) // it is made of texts
	}
	return fault.Fault{Command: command, Next: 100, Action: fault.Status, Status: status, Body: string(body)}
}

// graphRefusal is a request's failure in the form of the service.
func graphRefusal(path string, status int, code, message string) fault.Fault {
	body, err := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": message}})
	if err != nil {
		panic(err) // it is made of texts
	}
	return fault.Fault{Path: path, Next: 100, Action: fault.Status, Status: status, Body: string(body), Headers: map[string]string{"Content-Type": "application/json"}}
}

// once lets a refusal come only once.
func once(f fault.Fault) fault.Fault { f.Next = 1; return f }

const (
	addMember = "Add-DistributionGroupMember"
	setGroup  = "Set-DistributionGroup"
	newGroup  = "New-DistributionGroup"
	taskError = "Microsoft.Exchange.Management.Tasks."
	confError = "Microsoft.Exchange.Configuration.Tasks."

	asGuests    = "--m365-groups guest"
	newGroups   = "--create-groups --group-owner ada@contoso.example"
	memberPath  = "/v1.0/groups/"
	invitations = "/v1.0/invitations"
)

// refusals are those of the contracts that concern groups.
func refusals() []refusal {
	return []refusal{
		// Exchange, as observed.
		{section: "exchange 4.2", name: "the group is gone since it was looked up",
			refuse: exchangeRefusal(addMember, 404, "Ex6F9304|"+confError+"ManagementObjectNotFoundException|The operation couldn't be performed because object 'X' couldn't be found on 'CY4PR15A005DC12.NAMPR15A005.PROD.OUTLOOK.COM'."),
			want:   "partial group.not_found", next: "create the group first"},
		{section: "exchange 4.2", name: "the same, by another server's answer",
			refuse: exchangeRefusal(addMember, 500, `|Microsoft.Exchange.Configuration.CmdletProxyException|Error on proxy command 'Add-DistributionGroupMember -Identity X' to server S: Server version 15.20.6699.0000, Proxy method PSWS:  NotFound: Error executing cmdlet : {"error":{"details":[{"message":"Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object 'X' couldn't be found on 'DC'."}]}} [Server=S,RequestId=1,TimeStamp=now] .`),
			want:   "partial group.not_found", next: "create the group first"},
		{section: "exchange 4.2", name: "the member is not known everywhere yet",
			refuse: once(exchangeRefusal(addMember, 404, `Ex94914C|`+confError+`ManagementObjectNotFoundException|Couldn't find object "X". Please make sure that it was spelled correctly or specify a different object.`)),
			want:   "changed"},
		{section: "exchange 4.2", name: "a name of several groups", group: "Events", want: "partial group.ambiguous", next: "email address instead of its name"},
		{section: "exchange 4.2", name: "an identity of several objects",
			refuse: exchangeRefusal(addMember, 500, "Ex55FBCD|"+confError+`ManagementObjectAmbiguousException|There are multiple recipients matching identity "X". Please specify a unique value.`),
			want:   "partial group.refused", next: "Mend"},
		{section: "exchange 4.2", name: "a member already",
			refuse: exchangeRefusal(addMember, 400, "|"+taskError+`MemberAlreadyExistsException|The recipient "M" is already a member of the group "G".`),
			want:   "changed"},
		{section: "exchange 4.2", name: "not its manager",
			refuse: exchangeRefusal(addMember, 400, "ExB6FAB5|"+confError+"OperationRequiresGroupManagerException|You don't have sufficient permissions. This operation can only be performed by a manager of the group."),
			want:   "partial group.not_manager", next: "Security Group Creation and Membership"},
		{section: "exchange 4.2", name: "an app on a security group, without the bypass", group: "project-access@contoso.example",
			refuse: exchangeRefusal(addMember, 400, "The executing user is not in the current organization"),
			want:   "partial group.not_manager", next: "Security Group Creation and Membership"},
		{section: "exchange 4.2", name: "synchronised from on-premises", group: "head-office@contoso.example", want: "partial group.kind.on_premises", next: "Add-DistributionGroupMember"},
		{section: "exchange 4.2", name: "the same, which Exchange tells only when asked to change it",
			refuse: exchangeRefusal(addMember, 400, "||The action 'Add-DistributionGroupMember', 'Members', can't be performed on the object 'News' because the object is being synchronized from your on-premises organization. This action should be performed on the object in your on-premises organization."),
			want:   "partial group.kind.on_premises", next: "Set-DistributionGroup -Identity"},
		{section: "exchange 4.2", name: "outside the app's write scope",
			refuse: exchangeRefusal(addMember, 400, `||The operation on Identity "G" failed because it's out of the current user's write scope. 'G' isn't within your current write scopes. Can't perform save operation.`),
			want:   "partial tenant.denied", next: "Exchange role"},
		{section: "exchange 4.2", name: "a parameter outside the app's role",
			refuse: exchangeRefusal(setGroup, 400, "|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. RequireSenderAuthenticationEnabled"),
			want:   "partial tenant.denied", next: "Exchange role"},
		{section: "exchange 4.2", name: "a cmdlet outside the app's role", refuse: fault.Fault{Command: addMember, Next: 100, Action: fault.Garbage},
			want: "partial tenant.denied", next: "Exchange role"},
		{section: "exchange 4.2", name: "a sender twice on the list", flags: "--senders listed --internal-senders all-staff@contoso.example",
			refuse: exchangeRefusal(setGroup, 400, `||The parameter "AcceptMessagesOnlyFromSendersOrMembers" contains the following duplicated recipient identity: "X".`),
			want:   "partial group.refused", next: "Mend"},
		{section: "exchange 4.2", name: "the name of a new group is taken", group: "launch@contoso.example", flags: newGroups,
			refuse: exchangeRefusal(newGroup, 500, "Ex55FBCD|"+confError+`ManagementObjectAmbiguousException|There are multiple recipients matching identity "X". Please specify a unique value.`),
			want:   "partial group.not_created", next: "give --group-domain"},
		{section: "exchange 4.2", name: "the address of a new group is taken", group: "launch@contoso.example", flags: newGroups,
			refuse: exchangeRefusal(newGroup, 409, `Ex1472D1|Microsoft.Exchange.Data.Directory.ProxyAddressExistsException|The proxy address "SMTP:X" is already being used by the proxy addresses or LegacyExchangeDN of "Y". Please choose another proxy address.`),
			want:   "partial group.not_created", next: "give --group-domain"},
		{section: "exchange 4.2", name: "the owner of a new group is not there", group: "launch@contoso.example", flags: "--create-groups --group-owner nobody@contoso.example",
			want: "partial group.not_created", next: "--group-owner"},
		{section: "exchange 4.2", name: "a new group in somebody else's domain", group: "launch@northwind.example", flags: newGroups, want: "partial group.not_created", next: "organisation's domains"},
		{section: "exchange 4.4", name: "a change that may pass", refuse: once(exchangeRefusal(addMember, 500, "||The server is busy: ServerBusyException")), want: "changed"},

		// Exchange, by kind of group.
		{section: "exchange 4.3", name: "a Microsoft 365 group", group: "project-team@contoso.example", want: "partial group.kind.microsoft365", next: "--m365-groups guest"},
		{section: "exchange 4.3", name: "a dynamic distribution group", group: "all-staff@contoso.example", want: "partial group.kind.dynamic", next: "filter"},
		{section: "exchange 4.3", name: "a room list", group: "bucharest-rooms@contoso.example", want: "partial group.kind.room_list", next: "Name a distribution group"},
		{section: "exchange 4.3", name: "a room list, which Exchange tells only when asked to change it",
			refuse: exchangeRefusal(addMember, 400, "|"+taskError+"NonRoomMailboxAddToRoomListException|The recipient isn't a room."),
			want:   "partial group.member_refused", next: "name another one"},
		{section: "exchange 7.4", name: "a group that is nobody's", group: "nowhere@contoso.example", want: "partial group.not_found", next: "spelling"},
		{section: "exchange 7.4", name: "a group as a member of itself", person: "news@contoso.example", want: "failed contact.address_is_group", next: "belongs to a group"},
		{section: "exchange 7.4", name: "a mail-enabled security group takes contacts", group: "project-access@contoso.example", want: "changed"},

		// Graph, for Microsoft 365 groups.
		{section: "graph 1.2", name: "the app may not change groups", group: "project-team@contoso.example", flags: asGuests,
			refuse: graphRefusal(memberPath, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
			want:   "partial tenant.denied", next: "GroupMember.ReadWrite.All"},
		{section: "graph 1.2", name: "a group that Graph does not change", group: "project-team@contoso.example", flags: asGuests,
			refuse: graphRefusal(memberPath, 400, "Request_BadRequest", "Cannot Update a mail-enabled security groups and or distribution list."),
			want:   "partial group.member_refused", next: "name another one"},
		{section: "graph 1.2", name: "a member already", group: "project-team@contoso.example", flags: asGuests,
			refuse: graphRefusal(memberPath, 400, "Request_BadRequest", "One or more added object references already exist for the following modified properties: 'members'."),
			want:   "changed"},
		{section: "graph 1.2", name: "the guest is not known everywhere yet", group: "project-team@contoso.example", flags: asGuests,
			refuse: once(graphRefusal(memberPath, 400, "Request_BadRequest", "The source resource object or one of the objects being referenced do not exist.")),
			want:   "changed"},
		{section: "graph 1.2", name: "the same, in the other words", group: "project-team@contoso.example", flags: asGuests,
			refuse: once(graphRefusal(memberPath, 404, "Request_ResourceNotFound", "Resource 'X' does not exist or one of its queried reference-property objects are not present.")),
			want:   "changed"},
		{section: "graph 1.2", name: "a mail contact can't be in it", group: "project-team@contoso.example", flags: asGuests, person: "carla.costa@fabrikam.example",
			want: "partial guest.address_of_contact", next: "Remove the mail contact"},
		{section: "graph 1.5", name: "the group takes no guests", group: "project-team@contoso.example", flags: asGuests,
			refuse: graphRefusal(memberPath, 403, "Authorization_RequestDenied", "Guests users are not allowed to join this Unified Group due to policy setting."),
			want:   "partial group.member_refused", next: "name another one"},
		{section: "graph 1.5", name: "nobody may be invited", group: "project-team@contoso.example", flags: asGuests,
			refuse: graphRefusal(invitations, 403, "Forbidden", "Guest invitations not allowed for your company. Contact your company administrator for more details."),
			want:   "failed guest.invitation_blocked", next: "external collaboration settings"},
		{section: "graph 1.5", name: "nobody of this domain may be invited", group: "project-team@contoso.example", flags: asGuests,
			refuse: graphRefusal(invitations, 400, "BadRequest", "The invited user's domain is not allowed by the organization's policy."),
			want:   "failed guest.invitation_blocked", next: "which domains are allowed"},
		{section: "graph 1.5", name: "the app may not invite", group: "project-team@contoso.example", flags: asGuests,
			refuse: graphRefusal(invitations, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
			want:   "failed tenant.denied", next: "User.Invite.All"},
	}
}

// TestRefusalsAboutGroups runs enlist for one person against a tenant that
// refuses, over the wire, and reads the report.
func TestRefusalsAboutGroups(t *testing.T) {
	app := directory.DefaultApp()
	t.Setenv("AZURE_CLIENT_ID", app.ClientID)
	t.Setenv("AZURE_CLIENT_SECRET", app.Secret)
	for _, r := range refusals() {
		t.Run(r.section+" "+r.name, func(t *testing.T) {
			t.Parallel()
			row := r.run(t)
			if got := strings.TrimSpace(row["verdict"] + " " + row["error_code"]); got != r.want {
				t.Errorf("the row is %q, want %q; message: %s", got, r.want, row["message"])
			}
			switch {
			case row["error_code"] == "":
			case row["message"] == "", r.next == "", !strings.Contains(row["next_step"], r.next):
				t.Errorf("message %q, next step %q, want one with %q", row["message"], row["next_step"], r.next)
			}
		})
	}
}

// run gives the report's line about the person.
func (r refusal) run(t *testing.T) map[string]string {
	t.Helper()
	tenant, err := simtenant.Start(t.Context(), simtenant.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tenant.Close() })
	if r.refuse.Action != "" {
		if err := tenant.Inject(r.refuse); err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	input, ca, report := filepath.Join(folder, "people.csv"), filepath.Join(folder, "ca.pem"), filepath.Join(folder, "report")
	text := "email,display_name,groups\n" + cmp.Or(r.person, "ana@fabrikam.example") + ",Ana," + cmp.Or(r.group, "news@contoso.example") + "\n"
	for path, content := range map[string][]byte{input: []byte(text), ca: tenant.CertificatePEM()} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	args := []string{"run", "--tenant", "sim", "--sim-address", strings.TrimPrefix(tenant.URL(), "https://"), "--sim-ca", ca, "--report", report, "--settle", "1ms"}
	code := run(append(append(args, strings.Fields(r.flags)...), input), streams{in: strings.NewReader(""), out: &said, err: &said})
	content, err := os.ReadFile(filepath.Join(report, "report.csv"))
	if err != nil {
		t.Fatalf("enlist ended with exit code %d:\n%s", code, &said)
	}
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff")))).ReadAll()
	if err != nil || len(records) != 2 {
		t.Fatalf("the report has %d lines, want a header and a row (%v)", len(records), err)
	}
	row := map[string]string{}
	for i, name := range records[0] {
		row[name] = records[1][i]
	}
	if settled := row["error_code"] == ""; settled != (code == exitDone) {
		t.Errorf("enlist ended with exit code %d for a row that is %s %s", code, row["verdict"], row["error_code"])
	}
	return row
}
