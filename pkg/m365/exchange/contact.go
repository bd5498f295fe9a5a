package exchange

import (
	"context"
	"encoding/json"
	"fmt"
)

// NewContact is a mail contact to create. Empty fields are left to the service.
type NewContact struct {
	Name                 string // unique in the tenant, at most 64 characters
	ExternalEmailAddress string // must not be in an accepted domain
	DisplayName          string // at most 256 characters; the Name if empty
	FirstName, LastName  string
	Alias                string // at most 64 characters; made from Name if empty
}

// NewMailContact creates a mail contact. It is never repeated after an unknown
// end: the error then matches ErrUncertain, and the caller has to look. The
// answer can be short; what it leaves out is filled in from n, save the ids.
func (c *Client) NewMailContact(ctx context.Context, n NewContact) (Recipient, error) {
	cmd := Command{
		Name: "New-MailContact",
		Parameters: nonEmpty(map[string]string{
			"Name":                 n.Name,
			"ExternalEmailAddress": n.ExternalEmailAddress,
			"DisplayName":          n.DisplayName,
			"FirstName":            n.FirstName,
			"LastName":             n.LastName,
			"Alias":                n.Alias,
		}),
		Effect: Once,
	}
	result, err := c.Invoke(ctx, cmd)
	if err != nil {
		return Recipient{}, err
	}
	created := Recipient{
		Name:                 n.Name,
		DisplayName:          n.DisplayName,
		Alias:                n.Alias,
		ExternalEmailAddress: "SMTP:" + n.ExternalEmailAddress,
		RecipientTypeDetails: "MailContact",
	}
	if len(result.Values) > 0 {
		if err := json.Unmarshal(result.Values[0], &created); err != nil {
			// It was created all the same; only its ids are not known.
			e := c.malformed(cmd, result.RequestID, err)
			e.uncertain = true
			return Recipient{}, e
		}
	}
	return created, nil
}

// ContactDetails are the properties of a person that Set-Contact writes.
type ContactDetails struct {
	DisplayName, FirstName, LastName, Initials string
	Company, Department, Title, Office         string
	Phone, MobilePhone, HomePhone              string
	OtherTelephone, Fax, Pager                 string
	StreetAddress, City, StateOrProvince       string
	PostalCode                                 string
	CountryOrRegion                            string // English name or ISO 3166 code
	WebPage, Notes, Assistant                  string
	Manager                                    string // identity of a recipient
}

// SetContact writes the properties of d that are not empty. An empty one must
// not be sent: a blank Manager makes the service refuse all of them
// (documented: bulk-import-external-contacts).
func (c *Client) SetContact(ctx context.Context, identity string, d ContactDetails) error {
	parameters := nonEmpty(map[string]string{
		"DisplayName":     d.DisplayName,
		"FirstName":       d.FirstName,
		"LastName":        d.LastName,
		"Initials":        d.Initials,
		"Company":         d.Company,
		"Department":      d.Department,
		"Title":           d.Title,
		"Office":          d.Office,
		"Phone":           d.Phone,
		"MobilePhone":     d.MobilePhone,
		"HomePhone":       d.HomePhone,
		"OtherTelephone":  d.OtherTelephone,
		"Fax":             d.Fax,
		"Pager":           d.Pager,
		"StreetAddress":   d.StreetAddress,
		"City":            d.City,
		"StateOrProvince": d.StateOrProvince,
		"PostalCode":      d.PostalCode,
		"CountryOrRegion": d.CountryOrRegion,
		"WebPage":         d.WebPage,
		"Notes":           d.Notes,
		"Manager":         d.Manager,
		"AssistantName":   d.Assistant,
	})
	if len(parameters) == 0 {
		return nil
	}
	parameters["Identity"] = identity
	_, err := c.Invoke(ctx, Command{Name: "Set-Contact", Parameters: parameters, Effect: Repeatable})
	return err
}

// MailSettings are the properties of a mail contact that Set-MailContact
// writes. Empty ones are left as they are.
type MailSettings struct {
	MailTip                       string // at most 175 characters
	HiddenFromAddressListsEnabled *bool
	CustomAttributes              [15]string // CustomAttribute1 and so on, at most 1024 characters each
}

// SetMailContact writes the settings that are given.
func (c *Client) SetMailContact(ctx context.Context, identity string, s MailSettings) error {
	values := map[string]string{"MailTip": s.MailTip}
	for i, value := range s.CustomAttributes {
		values[fmt.Sprint("CustomAttribute", i+1)] = value
	}
	parameters := nonEmpty(values)
	if s.HiddenFromAddressListsEnabled != nil {
		parameters["HiddenFromAddressListsEnabled"] = *s.HiddenFromAddressListsEnabled
	}
	if len(parameters) == 0 {
		return nil
	}
	parameters["Identity"] = identity
	_, err := c.Invoke(ctx, Command{Name: "Set-MailContact", Parameters: parameters, Effect: Repeatable})
	return err
}

func nonEmpty(values map[string]string) Parameters {
	parameters := Parameters{}
	for name, value := range values {
		if value != "" {
			parameters[name] = value
		}
	}
	return parameters
}
