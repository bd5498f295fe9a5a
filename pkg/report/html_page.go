package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
)

//go:embed html
var htmlFiles embed.FS

// The rows stand between the two templates, where no template can write a
// stream. A browser doesn't run a script of this type.
const (
	dataBegin = `<script type="application/json" id="data">`
	dataEnd   = "</script>\n"
)

// page is the page around the rows.
type page struct {
	templates *template.Template
	style     template.CSS
	script    template.JS
}

func newPage() (*page, error) {
	style, err := htmlFiles.ReadFile("html/report.css")
	if err != nil {
		return nil, err
	}
	script, err := htmlFiles.ReadFile("html/report.js")
	if err != nil {
		return nil, err
	}
	templates, err := template.New("").Funcs(template.FuncMap{
		"count": grouped, "rows": rowsInWords, "lines": lines, "example": example, "took": took,
	}).ParseFS(htmlFiles, "html/*.tmpl")
	if err != nil {
		return nil, err
	}
	return &page{templates: templates, style: template.CSS(style), script: template.JS(script)}, nil
}

// begin writes everything up to the first row.
func (p *page) begin(out *bytes.Buffer, run Run) error {
	err := p.templates.ExecuteTemplate(out, "head.tmpl", struct {
		Title  string
		Policy string
		Style  template.CSS
	}{inputName(run.Input.Name) + ", run " + run.ID, p.policy(), p.style})
	out.WriteString(dataBegin)
	return err
}

// policy is the page's content security policy: its own style and script,
// known by their hashes, and nothing else, wherever from.
func (p *page) policy() string {
	return fmt.Sprintf("script-src '%s'; %s", hash(string(p.script)), p.policyWithoutScript())
}

func (p *page) policyWithoutScript() string {
	return fmt.Sprintf("default-src 'none'; style-src '%s'; img-src data:; base-uri 'none'; form-action 'none'", hash(string(p.style)))
}

func hash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// end writes everything behind the last row.
func (p *page) end(out *bytes.Buffer, s Summary, pace *pace) error {
	out.WriteString(dataEnd)
	return p.templates.ExecuteTemplate(out, "body.tmpl", newView(s, pace, p.script))
}

// view is what the template of the page's body is filled with.
type view struct {
	Summary
	Script   template.JS
	Headline string
	Deeds    string
	File     string // the input's name without its folder
	Shares   []verdictShare
	Charts   []chart
	Numbers  []number
	// Removed are the first of the people who are no longer in the input, and
	// MoreRemoved counts the others.
	Removed     []Reversal
	MoreRemoved int
	// OwnPolicies are those of groups that are not treated as all groups are.
	OwnPolicies []GroupPolicy
}

func newView(s Summary, p *pace, script template.JS) view {
	own := slices.DeleteFunc(slices.Clone(s.GroupPolicies), func(p GroupPolicy) bool { return !p.Own() })
	return view{
		Summary:  s,
		Script:   script,
		Headline: headline(s),
		Deeds:    deeds(s),
		File:     inputName(s.Input.Name),
		Shares:   shares(s),
		Charts:   charts(p),
		Numbers:  numbers(s),

		Removed:     s.shownRemovals,
		MoreRemoved: s.allRemovals - len(s.shownRemovals),

		OwnPolicies: own,
	}
}
