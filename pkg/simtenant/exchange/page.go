package exchange

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"time"

	"enlist/pkg/simtenant/directory"
)

// Sizes of pages. Observed: 1000 is the largest, and the default of ResultSize.
const maxPage = 1000

// warnTruncated is a live text of the service.
const warnTruncated = "There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter."

// skipToken is a nextLink's place in a listing. As with the service it is tied
// to the server that made it, and it expires.
type skipToken struct {
	Server int              `json:"s"`
	Next   directory.Cursor `json:"n"`
	Issued int64            `json:"t"`
	Body   uint32           `json:"b"` // hash of the command
}

func (t skipToken) String() string {
	raw, _ := json.Marshal(t) // numbers never fail
	return base64.URLEncoding.EncodeToString(raw)
}

// from is where a listing starts: at the beginning, or where the skip token says.
func (c *call) from(body []byte) (directory.Cursor, *cmdletError) {
	raw := c.request.URL.Query().Get("$skiptoken")
	if raw == "" {
		return 0, nil
	}
	var t skipToken
	decoded, err := base64.URLEncoding.DecodeString(raw)
	if err != nil || json.Unmarshal(decoded, &t) != nil {
		return 0, expiredPage()
	}
	age := c.face.opts.Now().Sub(time.Unix(0, t.Issued))
	if t.Server != c.request.server || t.Body != hashOf(body) || age > c.face.opts.PageLifetime {
		return 0, expiredPage()
	}
	return t.Next, nil
}

// nextLink leads to the rest of a listing: the same URL with a skip token.
func (c *call) nextLink(next directory.Cursor, body []byte) string {
	t := skipToken{Server: c.request.server, Next: next, Issued: c.face.opts.Now().UnixNano(), Body: hashOf(body)}
	query := "%24skiptoken=" + url.QueryEscape(t.String())
	if wanted := c.request.URL.Query().Get("$select"); wanted != "" {
		query = "%24select=" + url.QueryEscape(wanted) + "&" + query
	}
	return c.request.base + c.request.URL.EscapedPath() + "?" + query
}

func hashOf(body []byte) uint32 {
	h := fnv.New32a()
	_, _ = h.Write(body)
	return h.Sum32()
}

// pageSize is the smaller of what the Prefer header and ResultSize allow, and
// whether ResultSize puts a limit on the listing at all.
func (c *call) pageSize() (size int, limited bool) {
	size, limited = maxPage, true
	for _, prefer := range c.request.Header.Values("Prefer") {
		for part := range strings.FieldsFuncSeq(prefer, func(r rune) bool { return r == ';' || r == ',' }) {
			name, value, _ := strings.Cut(part, "=")
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if strings.EqualFold(strings.TrimSpace(name), "odata.maxpagesize") && err == nil && n > 0 {
				size = min(size, n)
			}
		}
	}
	if n, ok := c.params["ResultSize"].(int); ok {
		if n == unlimited {
			limited = false
		} else {
			size = min(size, n)
		}
	}
	return size, limited
}
