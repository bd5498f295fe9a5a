package exchange

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A group takes one change at a time; other groups, and questions, don't mind.
func TestContention(t *testing.T) {
	for _, tt := range []struct {
		name, command, group string
		want                 int
	}{
		{"the same group", "Add-DistributionGroupMember", "NEWS@contoso.example", http.StatusConflict},
		{"its settings", "Set-DistributionGroup", "news@contoso.example", http.StatusConflict},
		{"another group", "Add-DistributionGroupMember", "partners@contoso.example", http.StatusOK},
		{"a question", "Get-DistributionGroup", "news@contoso.example", http.StatusOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				refused := 0
				h := NewContention(func() { refused++ }).AtWork(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					if body, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(body), "CmdletName") {
						t.Errorf("the command arrives as %q, %v", body, err)
					}
					time.Sleep(time.Second)
				}))
				send := func(command, group string) *httptest.ResponseRecorder {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(
						`{"CmdletInput":{"CmdletName":"`+command+`","Parameters":{"Identity":"`+group+`","Member":"m"}}}`)))
					return w
				}
				go send("Add-DistributionGroupMember", "news@contoso.example")
				synctest.Wait()
				w := send(tt.command, tt.group)
				if w.Code != tt.want || (refused == 1) != (tt.want == http.StatusConflict) {
					t.Errorf("beside a change of news@: HTTP %d, %d refusals, %s", w.Code, refused, w.Body)
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if w := send(tt.command, tt.group); w.Code != http.StatusOK {
					t.Errorf("after it: HTTP %d", w.Code)
				}
			})
		})
	}
}
