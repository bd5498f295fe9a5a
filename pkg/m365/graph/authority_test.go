package graph

import (
	"errors"
	"net/http"
	"testing"
)

func TestCloudManaged(t *testing.T) {
	denied := reply(403, errorBody("Authorization_RequestDenied", "Insufficient privileges to complete the operation."))
	synced := reply(200, `{"id":"g-1","onPremisesSyncEnabled":true}`)
	tests := []struct {
		name    string
		replies []http.HandlerFunc
		want    bool
		err     error
		asked   int
	}{
		{"was synced", []http.HandlerFunc{reply(200, `{"id":"g-1","onPremisesSyncEnabled":false}`)}, true, nil, 1},
		{"never synced, as Graph sees it", []http.HandlerFunc{reply(200, `{"id":"g-1","onPremisesSyncEnabled":null}`)}, true, nil, 1},
		{"synced", []http.HandlerFunc{synced, reply(200, `{"id":"g-1","isCloudManaged":false}`)}, false, nil, 2},
		{"synced, and moved", []http.HandlerFunc{synced, reply(200, `{"id":"g-1","isCloudManaged":true}`)}, true, nil, 2},
		{"synced, and the app may know no more", []http.HandlerFunc{synced, denied}, false, nil, 2},
		{"synced, and Graph knows no more", []http.HandlerFunc{synced, reply(404, errorBody("Request_ResourceNotFound", "no"))}, false, nil, 2},
		{"not known", []http.HandlerFunc{reply(404, errorBody("Request_ResourceNotFound", "no"))}, false, ErrNotFound, 1},
		{"not told", []http.HandlerFunc{reply(200, `{}`)}, false, ErrUnexpectedAnswer, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, tt.replies...)
			got, err := s.client(t).CloudManaged(t.Context(), "g-1")
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %v, %v; want %v, %v", got, err, tt.want, tt.err)
			}
			if asked := s.requests(); len(asked) != tt.asked || asked[0].path != "/v1.0/groups/g-1" || tt.asked > 1 && asked[1].path != "/v1.0/groups/g-1/onPremisesSyncBehavior" {
				t.Errorf("asked %+v", asked)
			}
		})
	}
}
