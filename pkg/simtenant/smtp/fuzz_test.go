package smtp_test

import (
	"bytes"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/smtp"
)

// FuzzSession lets a client say anything. Whatever it says, the server must not
// panic, must answer in lines that start with a code, and must take no mail that
// names the closed group.
func FuzzSession(f *testing.F) {
	f.Add([]byte("EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<open@contoso.example>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n"))
	f.Add([]byte("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<closed@contoso.example>\r\nBDAT 3 LAST\r\nabc"))
	f.Add([]byte("HELO x\r\nAUTH PLAIN AGFkYUBjb250b3NvLmV4YW1wbGUAeA==\r\nRSET\r\nNOOP\r\nVRFY x\r\n"))
	f.Add([]byte("EHLO x\r\nMAIL FROM:<a@b> SIZE=9 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<IMCEAEX-_o=+3@contoso.example>\r\n"))
	f.Add([]byte("EHLO \r\nRCPT TO:<\"a b\"@contoso.example>\r\nDATA\r\n\x00\xff.\r\n..\r\n"))
	dir, err := directory.Open(directory.Options{Seed: company()})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		var trouble bytes.Buffer
		s := smtp.New(smtp.Config{Directory: dir, Password: password, ErrorLog: log.New(&trouble, "", 0)})
		client, server := net.Pipe()
		served := make(chan error, 1)
		go func() { served <- s.Serve(newOnce(server)) }()
		go func() {
			_, _ = client.Write(said)
			_, _ = client.Write([]byte("\r\n.\r\nQUIT\r\n"))
			_ = s.Close()
		}()
		answers, _ := io.ReadAll(client)
		_ = client.Close()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		_ = s.Close()

		if strings.Contains(trouble.String(), "panic") {
			t.Errorf("%s", trouble.String())
		}
		for line := range strings.Lines(string(answers)) {
			if len(line) < 4 || strings.Trim(line[:3], "0123456789") != "" {
				t.Errorf("the answer %q has no code", line)
			}
		}
		for _, d := range s.Deliveries() {
			if d.To == "closed@contoso.example" && !d.Authenticated {
				t.Errorf("a closed group took mail from outside: %+v", d)
			}
		}
	})
}

// once is a listener that gives out one connection.
type once struct {
	conns chan net.Conn
	done  chan struct{}
	close func()
}

func newOnce(c net.Conn) *once {
	l := &once{conns: make(chan net.Conn, 1), done: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.done) })
	l.conns <- c
	return l
}

func (l *once) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *once) Close() error {
	l.close()
	return nil
}

func (l *once) Addr() net.Addr { return &net.TCPAddr{} }
