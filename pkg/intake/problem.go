package intake

import (
	"fmt"

	"enlist/pkg/onboard"
)

// The codes of problems that keep a row from being used.
const (
	CodeEmailMissing     onboard.Code = "row.email.missing"
	CodeEmailInvalid     onboard.Code = "row.email.invalid"
	CodeEmailUnsupported onboard.Code = "row.email.unsupported"
	CodeFieldTooLong     onboard.Code = "row.field.too_long"
	CodeFieldInvalid     onboard.Code = "row.field.invalid"
	CodeGroupInvalid     onboard.Code = "row.group.invalid"
	CodeMalformed        onboard.Code = "row.malformed"
	CodeKeyRepeated      onboard.Code = "row.key_repeated"
)

// Explanations gives the codes of this package with their meanings.
func Explanations() []onboard.Explanation {
	return []onboard.Explanation{
		{Code: CodeEmailMissing, Meaning: "The row has no email address.",
			NextStep: "Write the person's email address into the row in the retry file, then run it."},
		{Code: CodeEmailInvalid, Meaning: "What stands in the email column is not an email address.",
			NextStep: "Correct the address in the retry file, then run it."},
		{Code: CodeEmailUnsupported, Meaning: "The address is well-formed, but Exchange Online keeps no such address for a contact.",
			NextStep: "Ask the person for an address with plain letters before the @, write it into the retry file, then run it."},
		{Code: CodeFieldTooLong, Meaning: "A value is longer than Exchange Online keeps it.",
			NextStep: "Shorten the value named in the message in the retry file, then run it."},
		{Code: CodeFieldInvalid, Meaning: "A value is not of the kind that its column takes.",
			NextStep: "Correct the value named in the message in the retry file, then run it."},
		{Code: CodeGroupInvalid, Meaning: "What stands in the groups column can't be the name of a group.",
			NextStep: "Correct the group in the retry file: its email address, alias, display name or object id, several of them separated by semicolons."},
		{Code: CodeMalformed, Meaning: "The columns of the row can't be told apart safely.",
			NextStep: "Correct the delimiters and quotes of the row in the retry file, so that it has as many columns as the header, then run it."},
		{Code: CodeKeyRepeated, Meaning: "An earlier row has the same employee id and another address, so one of the two can't be this person's.",
			NextStep: "Find out which address is the person's, and correct the id or leave the other row out in the retry file; if it is the earlier row that is wrong, correct it in the input and run that again."},
	}
}

func newProblem(code onboard.Code, format string, args ...any) *onboard.Problem {
	p := &onboard.Problem{Code: code, Message: fmt.Sprintf(format, args...)}
	for _, e := range Explanations() {
		if e.Code == code {
			p.NextStep = e.NextStep
		}
	}
	return p
}

// InputError says why a file or an option can't be used at all. Nothing of
// the file has been used when it is returned.
type InputError struct {
	Name     string // of the file, empty if an option is wrong
	Message  string // what is wrong
	NextStep string // what to do about it
	Cause    error  // the error beneath, if any
}

// Error gives the file's name, what is wrong and what to do about it.
func (e *InputError) Error() string {
	text := e.Message
	if e.Name != "" {
		text = e.Name + ": " + text
	}
	if e.NextStep != "" {
		text += ". " + e.NextStep
	}
	return text
}

// Unwrap gives the error beneath.
func (e *InputError) Unwrap() error { return e.Cause }
