package graph

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"enlist/pkg/simtenant/directory"
)

// invitation is Microsoft Learn's "invitation resource type".
type invitation struct {
	Context      string       `json:"@odata.context,omitempty"`
	ID           string       `json:"id"`
	RedeemURL    string       `json:"inviteRedeemUrl"`
	DisplayName  *string      `json:"invitedUserDisplayName"`
	UserType     string       `json:"invitedUserType"`
	EmailAddress string       `json:"invitedUserEmailAddress"`
	SendMessage  bool         `json:"sendInvitationMessage"`
	Reset        bool         `json:"resetRedemption"`
	RedirectURL  string       `json:"inviteRedirectUrl"`
	Status       string       `json:"status"`
	MessageInfo  *messageInfo `json:"invitedUserMessageInfo,omitempty"`
	User         any          `json:"invitedUser"`
}

type messageInfo struct {
	Language     *string `json:"messageLanguage"`
	Body         *string `json:"customizedMessageBody"`
	CCRecipients []any   `json:"ccRecipients"`
}

// invite answers POST /invitations: it makes a guest, or finds the one that
// there is. Where a mail contact holds the address, the guest comes out without
// mail and proxy addresses (observed: azure-docs#74908, #104271).
func invite(c *call) error {
	if c.api.InvitationsRestricted {
		return refuse(http.StatusForbidden, "Forbidden", "Guest invitations not allowed for your company. Contact your company administrator for more details.")
	}
	var asked invitation
	if err := c.readJSON(&asked); err != nil {
		return err
	}
	if err := c.checkInvitation(&asked); err != nil {
		return err
	}
	guest, err := c.guest(&asked)
	if err != nil {
		return err
	}
	if !c.bare {
		asked.Context = c.base() + "/$metadata#invitations/$entity"
	}
	asked.ID = c.api.NewID()
	asked.RedeemURL = "https://login.microsoftonline.com/redeem?rd=" + url.QueryEscape("https://invitations.microsoft.com/redeem/?tenant="+c.api.Directory.Tenant().ID.String()+"&user="+asked.ID)
	asked.Status = "PendingAcceptance"
	asked.UserType = "Guest"
	asked.User = map[string]string{"id": guest.ID.String()}
	c.answer(http.StatusCreated, appendJSON(nil, asked))
	return nil
}

// checkInvitation refuses what can't be invited. The texts for missing and
// malformed properties are not captured.
func (c *call) checkInvitation(asked *invitation) error {
	domain := directory.Domain(asked.EmailAddress)
	switch {
	case asked.EmailAddress == "":
		return badSyntax("The property 'invitedUserEmailAddress' is required.")
	case asked.RedirectURL == "":
		return badSyntax("The property 'inviteRedirectUrl' is required.")
	case domain == "" || strings.HasPrefix(asked.EmailAddress, "@"):
		return badSyntax("The invited user's email address is invalid.")
	case c.api.Directory.IsAcceptedDomain(domain):
		return badSyntax("This user cannot be invited because the domain of the user's email address is a verified domain of this directory.")
	}
	return nil
}

// guest finds the guest with the invited address, or makes one.
func (c *call) guest(asked *invitation) (*directory.Object, error) {
	truth := c.api.Directory.Truth()
	holders := slices.Concat(truth.ByAddress(asked.EmailAddress), truth.ByExternal(asked.EmailAddress))
	for _, holder := range holders {
		switch {
		case holder.Kind == directory.Guest:
			return holder, nil
		case holder.Kind.Has(directory.Users):
			return nil, badSyntax("The invited user already exists in the directory as object ID: %s. They can use that account to sign in to shared apps and resources.", holder.ID)
		}
	}
	local, _, _ := strings.Cut(asked.EmailAddress, "@")
	made := directory.Object{
		Kind:        directory.Guest,
		Name:        c.guestName(asked.EmailAddress),
		DisplayName: local,
		Address:     asked.EmailAddress,
		External:    asked.EmailAddress,
	}
	if asked.DisplayName != nil && *asked.DisplayName != "" {
		made.DisplayName = *asked.DisplayName
	}
	return c.view.Create(made)
}

// guestName is what Exchange calls a guest: its address with an underscore, and
// random characters in place of the end where that is too long.
func (c *call) guestName(address string) string {
	name := []rune(strings.ReplaceAll(address, "@", "_") + "#EXT#")
	if len(name) <= directory.MaxName {
		return string(name)
	}
	random := c.api.NewID()[:8]
	return string(name[:directory.MaxName-len(random)]) + random
}
