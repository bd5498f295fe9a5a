package graph

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxClauses is how many values an in filter takes, and how many clauses may be joined by or
// (learn.microsoft.com/graph/aad-advanced-queries).
const maxClauses = 15

// PageSize is how many objects [Client.Recipients] gets with a request.
const PageSize = pageSize

// FindRequests is how many requests it takes [Client.Find] to look up so many addresses.
func FindRequests(addresses int) int {
	filters := 2 * ((addresses + maxClauses - 1) / maxClauses)
	return (filters + maxBatch - 1) / maxBatch
}

// counted is an answer with the number of all objects; nil when it was not told.
type counted struct {
	Count *int `json:"@odata.count"`
}

// Count tells how many objects [Client.Recipients] would give.
func (c *Client) Count(ctx context.Context, of Collection) (int, error) {
	// Not /$count, whose answer is text, which the SDK's adapter doesn't take.
	query := url.Values{"$count": {"true"}, "$select": {"id"}, "$top": {"1"}}
	if of == Groups {
		query.Set("$filter", "mailEnabled eq true")
	}
	request := c.getRequest("/"+string(of), query)
	request.Headers.Add("ConsistencyLevel", "eventual")
	answer, err := get[counted](ctx, c, request)
	if err != nil {
		return 0, err
	}
	if answer.Count == nil {
		return 0, unexpected(request, "the answer holds no count", nil)
	}
	return *answer.Count, nil
}

// Find gives those objects of a collection that hold one of the SMTP addresses, be it as primary one or not, in any
// letter case; each once.
func (c *Client) Find(ctx context.Context, from Collection, addresses []string) ([]Recipient, error) {
	var paths []string
	for some := range slices.Chunk(addresses, maxClauses) {
		for _, filter := range []string{mailIn(some), proxyIn(some)} {
			query := url.Values{"$select": {from.properties()}, "$top": {strconv.Itoa(pageSize)}, "$filter": {filter}}
			paths = append(paths, batchPath("/"+string(from), query))
		}
	}
	answers, err := c.getAll(ctx, paths, nil)
	if err != nil {
		return nil, err
	}
	asked := make(map[string]bool, len(addresses))
	for _, a := range addresses {
		asked[strings.ToLower(a)] = true
	}
	found := findings{asked: asked, seen: map[string]bool{}}
	for _, text := range answers {
		for r, err := range collectFrom[Recipient](ctx, c, c.getRequest("/"+string(from), nil), text) {
			if err != nil {
				return nil, err
			}
			found.add(r)
		}
	}
	return found.recipients, nil
}

// findings are the recipients that were found, each once. Who holds none of the addresses doesn't belong there.
type findings struct {
	asked      map[string]bool // addresses in lower case
	seen       map[string]bool // ids
	recipients []Recipient
}

func (f *findings) add(r Recipient) {
	if !f.seen[r.ID] && r.holdsAny(f.asked) {
		f.seen[r.ID] = true
		f.recipients = append(f.recipients, r)
	}
}

func (r Recipient) holdsAny(addresses map[string]bool) bool {
	if addresses[strings.ToLower(r.Mail)] {
		return true
	}
	return slices.ContainsFunc(r.ProxyAddresses, func(proxy string) bool {
		kind, address, _ := strings.Cut(proxy, ":")
		return strings.EqualFold(kind, "smtp") && addresses[strings.ToLower(address)]
	})
}

// mailIn and proxyIn are filters for the holders of at most maxClauses addresses. See holdsAddress for why both are
// needed; together they would be too many clauses.
func mailIn(addresses []string) string {
	quoted := make([]string, len(addresses))
	for i, a := range addresses {
		quoted[i] = quote(a)
	}
	return "mail in (" + strings.Join(quoted, ",") + ")"
}

func proxyIn(addresses []string) string {
	clauses := make([]string, len(addresses))
	for i, a := range addresses {
		clauses[i] = "proxyAddresses/any(p:p eq " + quote("smtp:"+a) + ")"
	}
	return strings.Join(clauses, " or ")
}
