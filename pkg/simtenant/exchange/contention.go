package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Contention refuses a command that changes a group while another command is
// changing the same one. What the service does then is not documented; the
// answer is what Entra ID was seen to say of other objects, in the words in which
// Exchange passes on what Entra ID says.
type Contention struct {
	refused func() // is told of every refusal

	mu       sync.Mutex
	changing map[string]bool // groups, as commands name them, in lower case
}

// NewContention gives a Contention that tells refused of every refusal.
func NewContention(refused func()) *Contention {
	return &Contention{refused: refused, changing: map[string]bool{}}
}

// AtWork is put around single commands, for as long as they are at work.
func (c *Contention) AtWork(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		group := changedGroup(r)
		if group == "" {
			next.ServeHTTP(w, r)
			return
		}
		if !c.take(group) {
			c.refused()
			changedByAnother().write(w)
			return
		}
		defer c.giveBack(group)
		next.ServeHTTP(w, r)
	})
}

func (c *Contention) take(group string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changing[group] {
		return false
	}
	c.changing[group] = true
	return true
}

func (c *Contention) giveBack(group string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.changing, group)
}

// changedGroup is the group that the request's command changes, if it does. A
// body that can't be read is left for the face to refuse.
func changedGroup(r *http.Request) string {
	if r.Body == nil {
		return ""
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failedBody{err}))
	var in struct {
		CmdletInput struct {
			CmdletName string
			Parameters struct{ Identity string }
		}
	}
	// Where a parameter is of another kind the face says so.
	_ = json.Unmarshal(body, &in)
	verb, noun, _ := strings.Cut(strings.ToLower(in.CmdletInput.CmdletName), "-")
	changes := verb != "get" && verb != "new" && (strings.HasPrefix(noun, "distributiongroup") || strings.HasPrefix(noun, "unifiedgroup"))
	if !changes {
		return ""
	}
	return strings.ToLower(in.CmdletInput.Parameters.Identity)
}

// failedBody ends a body as it ended when it was read.
type failedBody struct{ err error }

func (f failedBody) Read([]byte) (int, error) {
	if f.err != nil && !errors.Is(f.err, io.EOF) {
		return 0, f.err
	}
	return 0, io.EOF
}

func changedByAnother() *cmdletError {
	return &cmdletError{status: http.StatusConflict, typ: "Microsoft.Exchange.Configuration.DualWrite.LocStrings.UnableToWriteToAadException",
		text: "A Microsoft Entra ID call was made to keep object in sync between Microsoft Entra ID and Exchange Online. However, it failed. " +
			"Detailed error message: Error due to concurrent requests being made to the tenant. Please wait briefly and retry. " +
			"The issue may be transient and please retry a couple of minutes later. If issue persists, please see exception members for more information."}
}
