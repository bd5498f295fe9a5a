package contract_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// round follows the links of a delta query to its end.
func (w *wire) round(t *testing.T, target string, options ...option) (objects []map[string]any, largest int, delta string) {
	t.Helper()
	for {
		a := w.get(t, target, options...)
		a.want(t, 200)
		objects = append(objects, a.values()...)
		largest = max(largest, len(a.values()))
		if delta = a.text("@odata.deltaLink"); delta != "" {
			return objects, largest, delta
		}
		target = a.text("@odata.nextLink")
	}
}

func graphDeltaClaims() []claim {
	return []claim{
		{"G1.3 /contacts/delta: pages of about 200, then what changed, @removed for those gone", func(t *testing.T, w *wire) {
			w.newContact(t, "gone@litware.example")
			all, largest, delta := w.round(t, "/contacts/delta?$select=mail")
			if len(all) != pages+7 || largest > 200 {
				t.Errorf("%d contacts in pages of %d", len(all), largest)
			}
			gone := w.id(t, "gone@litware.example")
			w.newContact(t, "new@litware.example")
			w.must(t, "Remove-MailContact", args{"Identity": "gone@litware.example", "Confirm": false})
			changes, _, _ := w.round(t, delta)
			if len(changes) != 2 {
				t.Fatalf("changes %v", changes)
			}
			for _, c := range changes {
				if removed, _ := c["@removed"].(map[string]any); (c["id"] == gone) != (removed["reason"] == "deleted") {
					t.Errorf("change %v", c)
				}
			}
		}},
		{"G1.3 /groups/delta?$select=members: members@delta with type and id only, spread over pages of 500 links", func(t *testing.T, w *wire) {
			groups, _, delta := w.round(t, "/groups/delta?$select=displayName,members")
			counts, parts := map[any]int{}, map[any]int{}
			for _, g := range groups {
				list, _ := g["members@delta"].([]any)
				counts[g["id"]] += len(list)
				parts[g["id"]]++
				if len(list) > 500 {
					t.Errorf("%d links at once", len(list))
				}
				for _, m := range list {
					if member := m.(map[string]any); len(member) != 2 || member["@odata.type"] == nil || member["id"] == nil {
						t.Fatalf("member %v", member)
					}
				}
			}
			everybody := w.id(t, "everybody@contoso.example")
			if counts[everybody] != pages+1 || parts[everybody] < 3 {
				t.Errorf("%d members in %d parts", counts[everybody], parts[everybody])
			}
			w.must(t, "Remove-DistributionGroupMember", bypass.and(args{"Identity": "Partners", "Member": carla, "Confirm": false}))
			changed, _, _ := w.round(t, delta)
			if text := fmt.Sprint(changed); len(changed) != 1 || !strings.Contains(text, "@removed") || !strings.Contains(text, w.id(t, carla)) {
				t.Errorf("changes %v", changed)
			}
		}},
		{"G1.3 $filter of a delta query takes up to 50 ids", func(t *testing.T, w *wire) {
			id := w.id(t, "news@contoso.example")
			groups, _, _ := w.round(t, "/groups/delta?$filter=id eq '"+id+"'")
			if len(groups) != 1 || groups[0]["id"] != id {
				t.Errorf("groups %v", groups)
			}
			many := strings.Repeat("id eq '"+id+"' or ", 50) + "id eq '" + id + "'"
			w.get(t, "/groups/delta?$filter="+many).want(t, 400)
			w.get(t, "/groups/delta?$filter=mail eq 'x'").want(t, 400)
		}},
		{"G1.3 Prefer: return=minimal with a delta link", func(t *testing.T, w *wire) {
			_, _, delta := w.round(t, "/contacts/delta")
			w.must(t, "Set-Contact", args{"Identity": "Hidden", "Department": "Sales"})
			changes, _, _ := w.round(t, delta, header("Prefer", "return=minimal"))
			if len(changes) != 1 || changes[0]["department"] != "Sales" {
				t.Errorf("changes %v", changes)
			}
		}},
	}
}

func graphBatchClaims() []claim {
	request := func(id any, target string, more ...any) map[string]any {
		r := map[string]any{"id": id, "method": "GET", "url": target}
		for i := 0; i < len(more); i += 2 {
			r[more[i].(string)] = more[i+1]
		}
		return r
	}
	batch := func(t *testing.T, w *wire, requests ...map[string]any) answer {
		t.Helper()
		return w.graph(t, "POST", "/$batch", map[string]any{"requests": requests})
	}
	statuses := func(a answer) map[any]any {
		got := map[any]any{}
		list, _ := a.body["responses"].([]any)
		for _, r := range list {
			got[r.(map[string]any)["id"]] = r.(map[string]any)["status"]
		}
		return got
	}
	return []claim{
		{"G1.3 a $batch is 200, each item with its own status; failed dependencies are 424", func(t *testing.T, w *wire) {
			a := batch(t, w, request("1", "/contacts?$top=1"), request("2", "/contacts/"+nobody), request("3", "/groups", "dependsOn", []string{"2"}))
			got := statuses(a)
			if a.status != 200 || got["1"] != 200.0 || got["2"] != 404.0 || got["3"] != 424.0 {
				t.Errorf("%d %v", a.status, got)
			}
		}},
		{"G1.3 a $batch has 20 items at most, with ids that differ in more than letter case", func(t *testing.T, w *wire) {
			many := []map[string]any{}
			for i := range 21 {
				many = append(many, request(fmt.Sprint(i), "/groups"))
			}
			batch(t, w, many...).want(t, 400)
			batch(t, w, many[:20]...).want(t, 200)
			batch(t, w, request("a", "/groups"), request("A", "/groups")).want(t, 400)
		}},
		{"G1.3 an item with a body needs its Content-Type", func(t *testing.T, w *wire) {
			item := request("1", "/invitations", "body", invitation("batch@proseware.example"))
			item["method"] = "POST"
			if got := statuses(batch(t, w, item)); got["1"] != 400.0 {
				t.Errorf("without: %v", got)
			}
			item["headers"] = map[string]any{"Content-Type": "application/json"}
			if got := statuses(batch(t, w, item)); got["1"] != 201.0 {
				t.Errorf("with: %v", got)
			}
		}},
		{"G1.3 a throttled item is 429 alone; Retry-After may be decimal, or missing", func(t *testing.T, w *wire) {
			w.order(t, `[{"path":"/v1.0/groups","action":"status","status":429,"headers":{"Retry-After":"0.249"}},{"path":"/v1.0/organization","action":"status","status":429}]`)
			a := batch(t, w, request("1", "/groups"), request("2", "/contacts?$top=1"), request("3", "/organization"))
			a.want(t, 200, `"Retry-After":"0.249"`)
			if got := statuses(a); got["1"] != 429.0 || got["2"] != 200.0 || got["3"] != 429.0 {
				t.Errorf("statuses %v", got)
			}
		}},
		{"G5.2 numeric ids and versioned URLs in items are taken, and compressed bodies", func(t *testing.T, w *wire) {
			if got := statuses(batch(t, w, request(7, "/v1.0/contacts?$top=1"))); got["7"] != 200.0 {
				t.Errorf("statuses %v", got)
			}
			zip := func(r *http.Request) {
				var zipped bytes.Buffer
				z := gzip.NewWriter(&zipped)
				_, _ = io.Copy(z, r.Body)
				_ = z.Close()
				r.Body, r.ContentLength = io.NopCloser(&zipped), int64(zipped.Len())
				r.Header.Set("Content-Encoding", "gzip")
			}
			w.graph(t, "POST", "/$batch", map[string]any{"requests": []any{request("1", "/groups")}}, zip).want(t, 200)
		}},
		{"G5.3 random errors of the service: 429, 500, 502, 503, 504, with JSON, HTML or nothing", func(t *testing.T, w *wire) {
			for _, status := range []int{429, 500, 502, 503, 504} {
				for _, body := range []string{"<html>", ""} {
					w.order(t, fmt.Sprintf(`[{"path":"/v1.0/contacts","action":"status","status":%d,"body":%q}]`, status, body))
					r := w.send(t, "GET", "/v1.0/contacts", nil, w.as(t, admin, graphScope))
					r.want(t, status, body)
				}
			}
		}},
		{"G1.4 the token endpoint throttles: 429 with Retry-After 60", func(t *testing.T, w *wire) {
			w.order(t, `[{"path":"/`+w.tenantID()+`/oauth2","action":"status","status":429,"headers":{"Retry-After":"60"}}]`)
			if a := w.signIn(t, admin, graphScope); a.status != 429 || a.header.Get("Retry-After") != "60" {
				t.Errorf("%d, Retry-After %q", a.status, a.header.Get("Retry-After"))
			}
		}},
	}
}

func graphLimitClaims() []claim {
	return []claim{
		{"G1.4 what requests cost is in x-ms-resource-unit", func(t *testing.T, w *wire) {
			for target, cost := range map[string]string{
				"/contacts": "1", "/contacts?$select=id": "1", "/users": "2",
				"/groups/" + nobody + "/members": "3", "/groups/" + nobody + "/members?$top=5": "2",
			} {
				if got := w.get(t, target).header.Get("x-ms-resource-unit"); got != cost {
					t.Errorf("%s costs %q, want %s", target, got, cost)
				}
			}
		}},
		{"G1.4 past the limit: 429 with scope and information, and the percentage from 0.8 on", func(t *testing.T, w *wire) {
			members := "/groups/" + nobody + "/members" // three units each, there or not
			percentage := false
			for range 100 {
				a := w.get(t, members)
				percentage = percentage || a.header.Get("x-ms-throttle-limit-percentage") != ""
				if a.status != http.StatusTooManyRequests {
					continue
				}
				scope := a.header.Get("x-ms-throttle-scope")
				if !percentage || !strings.HasPrefix(scope, "Tenant_Application/Read") || a.header.Get("x-ms-throttle-information") != "ResourceUnitLimitExceeded" {
					t.Errorf("headers %v", a.header)
				}
				return
			}
			t.Error("nothing was throttled")
		}},
	}
}

func graphReplicationClaims() []claim {
	return []claim{
		{"G1.6 a contact made in Exchange appears in Graph later", func(t *testing.T, w *wire) {
			id := w.newContact(t, "late@adatum.example")["ExternalDirectoryObjectId"].(string)
			w.get(t, "/contacts/"+id).wantError(t, 404, "Request_ResourceNotFound", "Resource '"+id+"' does not exist")
			w.clock.advance(time.Minute)
			w.get(t, "/contacts/"+id).want(t, 200)
		}},
		{"G1.2 a fresh object that is referenced: 400, not 404", func(t *testing.T, w *wire) {
			id := w.newContact(t, "fresh@adatum.example")["ExternalDirectoryObjectId"].(string)
			team := "/groups/" + w.get(t, "/groups?$filter=mail eq 'project-team@contoso.example'").column("id")[0]
			w.graph(t, "POST", team+"/members/$ref", reference(id)).wantError(t, 400, "Request_BadRequest",
				"The source resource object or one of the objects being referenced do not exist.")
		}},
		{"G1.3 a delta link that is too old is refused with syncStateNotFound", func(t *testing.T, w *wire) {
			_, _, delta := w.round(t, "/contacts/delta")
			w.clock.advance(31 * 24 * time.Hour)
			clear(w.tokens)
			w.get(t, delta).wantError(t, 400, "syncStateNotFound", "")
		}},
	}
}
