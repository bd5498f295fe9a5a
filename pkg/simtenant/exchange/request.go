package exchange

import (
	"net/http"

	"enlist/pkg/simtenant/directory"
)

// request is one command's way through the face.
type request struct {
	*http.Request
	endpoint endpoint
	caller   Caller
	rights   rights
	number   uint64 // counts requests, for what is left to chance
	server   int    // the domain controller that does the work
	home     int    // the one that the anchor mailbox leads to
	base     string // "https://host[:port]"
}

// call is a cmdlet at work.
type call struct {
	face    *face
	cmdlet  *cmdlet
	view    directory.View
	params  params
	rights  rights
	request *request

	records  records
	warnings []string
}

func (c *call) warn(text string) { c.warnings = append(c.warnings, text) }

func (c *call) dir() *directory.Directory { return c.view.Directory() }
