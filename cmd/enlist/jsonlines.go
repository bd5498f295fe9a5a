package main

import (
	"bytes"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
)

// jsonLines makes a log record of each text that is written to it, progress and
// errors, so that a machine can read all of standard error with --log-format
// json. Records of the log pass as they are.
type jsonLines struct {
	out io.Writer
	log *slog.Logger
}

// logAsJSON has the rest of the command write records to standard error, if that
// is asked for.
func logAsJSON(cmd *cobra.Command) {
	format := cmd.Flags().Lookup("log-format")
	if format == nil || format.Value.String() != "json" {
		return
	}
	out := cmd.ErrOrStderr()
	cmd.Root().SetErr(&jsonLines{out: out, log: slog.New(slog.NewJSONHandler(out, nil))})
}

func (j *jsonLines) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("{")) {
		return j.out.Write(p)
	}
	text := strings.Join(strings.Fields(string(p)), " ")
	switch failure, failed := strings.CutPrefix(text, "Error: "); {
	case failed:
		j.log.Error(failure)
	case text != "":
		j.log.Info(text)
	}
	return len(p), nil
}
