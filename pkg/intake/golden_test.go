package intake_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/intake"
	"enlist/pkg/onboard"
)

var update = flag.Bool("update", false, "write the golden files anew")

// folder holds files in the shapes that users have, each with a golden file
// that tells how it is to be read.
const folder = "../../testdata/intake"

// TestFilesAsUsersHaveThem reads each file without being told how, apart from
// what only its owner can know, and compares all that was found and read.
func TestFilesAsUsersHaveThem(t *testing.T) {
	told := map[string]intake.Options{
		"microsoft-bulk-import-template.csv": {Groups: []string{"partners@contoso.example"}},
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if filepath.Ext(name) == ".golden" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			got := describe(filepath.Join(folder, name), told[name])
			golden := filepath.Join(folder, name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("read otherwise than the golden file says (-want +got):\n%s", diff)
			}
		})
	}
}

// describe tells all about how a file was read.
func describe(path string, opts intake.Options) string {
	var b strings.Builder
	file, err := intake.Open(path, opts)
	if err != nil {
		return fmt.Sprintf("error: %s\n", strings.ReplaceAll(err.Error(), folder+"/", ""))
	}
	defer file.Close()
	for row, err := range file.Rows() {
		if err != nil {
			fmt.Fprintf(&b, "error: %v\n", err)
			break
		}
		describeRow(&b, row)
	}
	return describeFindings(file.Findings()) + b.String()
}

func describeFindings(f intake.Findings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "encoding %s, byte order mark %t, sure %t: %s\n", f.Encoding.Name, f.Encoding.BOM, f.Encoding.Sure, f.Encoding.Why)
	fmt.Fprintf(&b, "delimiter %q, quote %q, backslash %t, line end %q\n", f.Dialect.Delimiter, f.Dialect.Quote, f.Dialect.Backslash, f.Dialect.LineEnd)
	fmt.Fprintf(&b, "header on line %d\n", f.HeaderLine)
	for _, c := range f.Columns {
		fmt.Fprintf(&b, "column %d %q: %s\n", c.Number, c.Name, c.Field)
	}
	for _, l := range f.Preamble {
		fmt.Fprintf(&b, "preamble %d: %q\n", l.Number, l.Text)
	}
	for _, l := range f.Footer {
		fmt.Fprintf(&b, "footer %d: %q\n", l.Number, l.Text)
	}
	for _, r := range f.Repeats {
		fmt.Fprintf(&b, "repeat %d: %s, %s\n", r.Line, r.Email, r.First)
	}
	for _, w := range f.Warnings {
		fmt.Fprintf(&b, "warning %d %s: %s\n", w.Line, w.Column, w.Message)
	}
	fmt.Fprintf(&b, "%d rows, %d of them invalid\n", f.Rows, f.Invalid)
	return b.String()
}

func describeRow(b *strings.Builder, row onboard.Row) {
	fmt.Fprintf(b, "\nline %d: %q\n", row.Line, row.Source)
	if row.Problem != nil {
		fmt.Fprintf(b, "  %v\n", row.Problem)
	}
	zero := onboard.Contact{}
	if diff := cmp.Diff(zero, row.Contact); diff != "" {
		fmt.Fprintf(b, "  %s\n", strings.Join(said(row.Contact), "\n  "))
	}
	if len(row.Groups) > 0 {
		fmt.Fprintf(b, "  groups %q\n", row.Groups)
	}
}

// said gives the fields of a contact that hold something.
func said(c onboard.Contact) []string {
	var all []string
	for _, f := range []struct{ name, value string }{
		{"email", c.Email}, {"display name", c.DisplayName}, {"first name", c.FirstName}, {"last name", c.LastName}, {"initials", c.Initials},
		{"company", c.Company}, {"title", c.Title}, {"department", c.Department}, {"office", c.Office}, {"manager", c.Manager}, {"assistant", c.Assistant},
		{"phone", c.Phone}, {"mobile phone", c.MobilePhone}, {"home phone", c.HomePhone}, {"other phone", c.OtherPhone}, {"fax", c.Fax}, {"pager", c.Pager},
		{"street address", c.StreetAddress}, {"city", c.City}, {"state or province", c.StateOrProvince}, {"postal code", c.PostalCode},
		{"country or region", c.CountryOrRegion}, {"web page", c.WebPage}, {"notes", c.Notes}, {"mail tip", c.MailTip},
	} {
		if f.value != "" {
			all = append(all, fmt.Sprintf("%s %q", f.name, f.value))
		}
	}
	if c.HiddenFromAddressLists != nil {
		all = append(all, fmt.Sprintf("hidden %t", *c.HiddenFromAddressLists))
	}
	for i, value := range c.CustomAttributes {
		if value != "" {
			all = append(all, fmt.Sprintf("custom attribute %d %q", i+1, value))
		}
	}
	return all
}
