package exchange

import (
	"net/http"
	"testing"
)

// FuzzAnswer feeds arbitrary answers to the decoder: it must not panic, and
// only an answer under a 2xx status can be a success.
func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte(`{"value":[{"Guid":"1"}],"@adminapi.warnings":["a"]}`))
	f.Add(200, []byte("\x00\x00"))
	f.Add(400, []byte(unknownParameter))
	f.Add(400, []byte(badValue))
	f.Add(404, []byte(cmdletError(notFound)))
	f.Add(500, []byte(cmdletError(proxied+cmdletError(notFound)+` [Server=S] .`)))
	f.Add(500, []byte(cmdletError(`{"Message":"Ex1472D1|T|in use"}`)))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		d := decode(answer{status, http.Header{}, body})
		if _, failed := d.reason(); !failed && (status < 200 || status > 299) {
			t.Errorf("status %d was taken for success", status)
		}
		_, _ = d.page(Read)
		_, _ = d.page(Once)
	})
}
