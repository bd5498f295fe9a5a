package intake

import (
	"github.com/gocarina/gocsv"

	"enlist/pkg/onboard"
)

// person is what gocsv decodes a record into. Its tags are the names of
// fields(), in the same order, with the custom attributes as one array. Those that
// most files have come first: gocsv goes through all up to the last one in use.
type person struct {
	Email            string     `csv:"email"`
	DisplayName      string     `csv:"display_name"`
	FirstName        string     `csv:"first_name"`
	LastName         string     `csv:"last_name"`
	Groups           groupCell  `csv:"groups"`
	Initials         string     `csv:"initials"`
	Company          string     `csv:"company"`
	Title            string     `csv:"title"`
	Department       string     `csv:"department"`
	Office           string     `csv:"office"`
	Manager          string     `csv:"manager"`
	Assistant        string     `csv:"assistant"`
	Phone            string     `csv:"phone"`
	MobilePhone      string     `csv:"mobile_phone"`
	HomePhone        string     `csv:"home_phone"`
	OtherPhone       string     `csv:"other_phone"`
	Fax              string     `csv:"fax"`
	Pager            string     `csv:"pager"`
	StreetAddress    string     `csv:"street_address"`
	City             string     `csv:"city"`
	StateOrProvince  string     `csv:"state_or_province"`
	PostalCode       string     `csv:"postal_code"`
	CountryOrRegion  string     `csv:"country_or_region"`
	WebPage          string     `csv:"web_page"`
	Notes            string     `csv:"notes"`
	MailTip          string     `csv:"mail_tip"`
	Hidden           yesNo      `csv:"hidden_from_address_lists"`
	EmployeeID       string     `csv:"employee_id"`
	CustomAttributes [15]string `csv:"custom_attribute" csv[]:"15"`
}

// yesNo is a cell that says yes or no, or nothing.
type yesNo struct{ value *bool }

// UnmarshalCSV reads the cell. What can't be read is unknown; the checks have
// found it before.
func (y *yesNo) UnmarshalCSV(cell string) error {
	y.value, _ = parseYesNo(cell)
	return nil
}

// groupCell is a cell with the names of groups.
type groupCell []string

// UnmarshalCSV takes the cell apart.
func (g *groupCell) UnmarshalCSV(cell string) error {
	*g = splitGroups(nil, cell)
	return nil
}

// oneRecord is the reader that gocsv decodes from: the cells of a single
// record, in the order of fields(), up to the last one that holds anything. With
// a record at a time, gocsv holds no more of the file than that, and no header has
// to be matched for each.
type oneRecord []string

var _ gocsv.CSVReader = oneRecord{}

// Read gives the record.
func (o oneRecord) Read() ([]string, error) { return o, nil }

// ReadAll gives the record as all there is.
func (o oneRecord) ReadAll() ([][]string, error) { return [][]string{o}, nil }

// decoder takes records apart, one at a time. The zero value is ready for use.
type decoder struct {
	cells  oneRecord
	people [1]person
}

// decode takes a checked record apart. The person is good until the next call.
func (d *decoder) decode(rec *Record, cols []column) (*person, error) {
	d.cells = d.cells[:0]
	for i := range min(len(cols), len(rec.Fields)) {
		at := fieldIndex(cols[i].field)
		if at < 0 || rec.Fields[i] == "" {
			continue
		}
		for len(d.cells) <= at {
			d.cells = append(d.cells, "")
		}
		d.cells[at] = rec.Fields[i]
	}
	if err := gocsv.UnmarshalCSVWithoutHeaders(d.cells, &d.people); err != nil {
		return nil, err
	}
	return &d.people[0], nil
}

func (p *person) contact() onboard.Contact {
	return onboard.Contact{
		Email: p.Email, DisplayName: p.DisplayName, FirstName: p.FirstName, LastName: p.LastName, Initials: p.Initials,
		Company: p.Company, Title: p.Title, Department: p.Department, Office: p.Office, Manager: p.Manager, Assistant: p.Assistant,
		Phone: p.Phone, MobilePhone: p.MobilePhone, HomePhone: p.HomePhone, OtherPhone: p.OtherPhone, Fax: p.Fax, Pager: p.Pager,
		StreetAddress: p.StreetAddress, City: p.City, StateOrProvince: p.StateOrProvince, PostalCode: p.PostalCode,
		CountryOrRegion: p.CountryOrRegion, WebPage: p.WebPage, Notes: p.Notes, MailTip: p.MailTip,
		HiddenFromAddressLists: p.Hidden.value, CustomAttributes: p.CustomAttributes,
	}
}
