package contract_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func replicationClaims() []claim {
	// sightings asks many times, on all servers, whether somebody can be found.
	sightings := func(t *testing.T, w *wire, identity string) (found, missed int) {
		for range 20 {
			if w.run(t, "Get-Recipient", args{"Identity": identity}).status == http.StatusOK {
				found++
			} else {
				missed++
			}
		}
		return found, missed
	}
	return []claim{
		{"E0.9 a new contact is not visible everywhere at once", func(t *testing.T, w *wire) {
			w.newContact(t, "fresh@adatum.example")
			if found, missed := sightings(t, w, "fresh@adatum.example"); found == 0 || missed == 0 {
				t.Errorf("found %d times, missed %d times", found, missed)
			}
			w.clock.advance(15 * time.Second)
			if _, missed := sightings(t, w, "fresh@adatum.example"); missed > 0 {
				t.Errorf("missed %d times after 15 seconds", missed)
			}
		}},
		{"E4.2 duplicate create during directory lag", func(t *testing.T, w *wire) {
			w.newContact(t, "twice@adatum.example")
			var texts []string
			for range 20 {
				texts = append(texts, w.run(t, "New-MailContact", args{"Name": "Again", "ExternalEmailAddress": "twice@adatum.example"}).refusal())
			}
			const lag = "Required field ExternalDirectoryObjectId was not returned from Graph API"
			seen := func(e string) bool { return strings.HasPrefix(e, "Ex1472D1|") }
			if !slices.Contains(texts, "||"+lag) || !slices.ContainsFunc(texts, seen) {
				t.Errorf("duplicate creates got %q", texts)
			}
		}},
		{"E4.2 proxied to another server: the reason is JSON in the text", func(t *testing.T, w *wire) {
			w.newContact(t, "proxied@adatum.example")
			for range 40 {
				a := w.run(t, "Get-Recipient", args{"Identity": "proxied@adatum.example"})
				text := a.refusal()
				if !strings.HasPrefix(text, "|Microsoft.Exchange.Configuration.CmdletProxyException|Error on proxy command 'Get-Recipient' to server ") {
					continue
				}
				for _, part := range []string{"Server version 15.20.6699.0000, Proxy method PSWS:  NotFound: Error executing cmdlet : {", "couldn't be found", "RequestId="} {
					if !strings.Contains(text, part) {
						t.Errorf("the text lacks %q: %s", part, text)
					}
				}
				return
			}
			t.Error("no error of 40 was proxied")
		}},
		{"E4.2 a user exists in Entra but not in Exchange", func(t *testing.T, w *wire) {
			w.invite(t, "entra@adatum.example").want(t, 201)
			var texts []string
			for range 20 {
				texts = append(texts, w.run(t, "New-MailContact", args{"Name": "Known", "ExternalEmailAddress": "entra@adatum.example"}).refusal())
			}
			const text = "|Microsoft.Exchange.Configuration.DualWrite.LocStrings.UnableToWriteToAadException|An Azure Active Directory call was made to keep object in sync between Azure Active Directory and Exchange Online. However, it failed. Detailed error message: The value specified for property EmailAddresses is incorrect. Reason: ObjectConflict with:"
			if !slices.ContainsFunc(texts, func(e string) bool { return strings.HasPrefix(e, text) }) {
				t.Errorf("creates got %q", texts)
			}
		}},
		{"E3.3 a nextLink is tied to the server that made it", func(t *testing.T, w *wire) {
			statuses := map[int]bool{}
			for range 20 {
				a := w.run(t, "Get-MailContact", args{"ResultSize": 1})
				statuses[w.runAt(t, a.text("@odata.nextLink"), "Get-MailContact", args{"ResultSize": 1}).status] = true
			}
			if diff := cmp.Diff(map[int]bool{200: true, 400: true}, statuses); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
		}},
		{"E3.3 a nextLink expires after 30 minutes", func(t *testing.T, w *wire) {
			a := w.run(t, "Get-MailContact", nil)
			w.clock.advance(31 * time.Minute)
			w.runAt(t, a.text("@odata.nextLink"), "Get-MailContact", nil).wantRefusal(t, 400, "!Expired or Invalid pagination request.…")
		}},
		{"E4.2 an expired token", func(t *testing.T, w *wire) {
			w.token(t, viewer, exchangeScope)
			w.clock.advance(time.Hour)
			w.run(t, "Get-Recipient", args{"ResultSize": 1}, w.as(t, viewer, exchangeScope)).bare(t, 401)
			clear(w.tokens)
			w.run(t, "Get-Recipient", args{"ResultSize": 1}, w.as(t, viewer, exchangeScope)).want(t, 200)
		}},
	}
}
