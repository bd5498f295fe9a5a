package exchange

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// maxBody bounds a request's body; Update-DistributionGroupMember with some ten
// thousand members is the largest command that makes sense.
const maxBody = 16 << 20

// command is what a request asks for.
type command struct {
	name string
	args []argument
}

// argument is one parameter as it came: JSON decoded, numbers as json.Number.
type argument struct {
	name  string
	value any
}

// decodeCommand reads the body of InvokeCommand:
//
//	{"CmdletInput":{"CmdletName":"…","Parameters":{…}}}
func decodeCommand(body []byte) (command, *cmdletError) {
	var in struct {
		CmdletInput *struct {
			CmdletName string
			Parameters json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &in); err != nil || in.CmdletInput == nil || in.CmdletInput.CmdletName == "" {
		return command{}, badBody("The request body is missing or is not a valid CmdletInput.")
	}
	cmd := command{name: in.CmdletInput.CmdletName}
	raw := bytes.TrimSpace(in.CmdletInput.Parameters)
	if len(raw) == 0 {
		return cmd, nil
	}
	args, err := decodeArguments(raw)
	if err != nil {
		return command{}, badBody("Parameters must be a JSON object.")
	}
	cmd.args = args
	return cmd, nil
}

// decodeArguments reads a JSON object in its own order.
func decodeArguments(raw []byte) ([]argument, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errNoObject
	}
	var args []argument
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		args = append(args, argument{name.(string), value})
	}
	_, err := dec.Token()
	return args, err
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *cmdletError) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, badBody("The request body could not be read.")
	}
	return body, nil
}
