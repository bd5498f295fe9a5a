package fault

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
)

// Wrap puts the faults in front of next. It serves for whole requests and,
// where a face hands the items of a $batch to a handler one by one, for the
// items too: a reset or truncated item then ends in a panic with
// [http.ErrAbortHandler], which the face answers by leaving the item out.
func (in *Injector) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if in.armed.Load() == 0 {
			next.ServeHTTP(w, r)
			return
		}
		c := Call{Path: r.URL.Path}
		if in.commands.Load() > 0 && isExchange(c.Path) {
			c.Command = peekCommand(r)
		}
		if f, ok := in.Draw(c); ok {
			f.play(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Listener closes new connections of l while a RefuseConnection fault lasts.
// What it gives out is for plain TCP: put TLS around it.
func (in *Injector) Listener(l net.Listener) net.Listener {
	return refusingListener{Listener: l, injector: in}
}

type refusingListener struct {
	net.Listener
	injector *Injector
}

// Accept waits for a connection that no fault refuses.
func (l refusingListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if _, refused := l.injector.Draw(Call{}); !refused {
			return conn, nil
		}
		reset(conn)
	}
}

// peekLimit bounds how much of a body is read to find its cmdlet; members of a
// whole group are the largest that a client sends.
const peekLimit = 16 << 20

// peekCommand reads the cmdlet out of the body and puts the body back.
func peekCommand(r *http.Request) string {
	body, err := io.ReadAll(io.LimitReader(r.Body, peekLimit))
	r.Body = putBack(body, err, r.Body)
	var in struct{ CmdletInput struct{ CmdletName string } }
	// A body that can't be read has no command; the face will say what is wrong with it.
	_ = json.Unmarshal(body, &in)
	return in.CmdletInput.CmdletName
}

type rereadBody struct {
	io.Reader
	io.Closer
}

func putBack(read []byte, err error, rest io.ReadCloser) io.ReadCloser {
	if err != nil {
		return rereadBody{io.MultiReader(bytes.NewReader(read), failing{err}), rest}
	}
	return rereadBody{io.MultiReader(bytes.NewReader(read), rest), rest}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
