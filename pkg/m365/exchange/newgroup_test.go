package exchange

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewDistributionGroup(t *testing.T) {
	s := newServer(t, say(200, `{"value":[{"Guid":"9feb","PrimarySmtpAddress":"new@contoso.example"}]}`))
	got, err := s.client(t).NewDistributionGroup(t.Context(), NewGroup{Name: "New", Alias: "new", ManagedBy: "ada"})
	if err != nil || got.Guid != "9feb" {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := map[string]any{"Name": "New", "Alias": "new", "ManagedBy": "ada"}
	if diff := cmp.Diff(want, s.requests[0].input.CmdletInput.Parameters); diff != "" {
		t.Error("parameters (-want +got):\n" + diff)
	}
}

// A group is not created twice because nobody heard of the first one.
func TestNewDistributionGroupIsNotRepeated(t *testing.T) {
	for name, answer := range map[string]string{"garbled": `{"value":["?"]}`, "broken off": ""} {
		s := newServer(t, hangUp)
		if answer != "" {
			s = newServer(t, say(200, answer))
		}
		if _, err := s.client(t).NewDistributionGroup(t.Context(), NewGroup{Name: "New"}); !errors.Is(err, ErrUncertain) {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(s.requests); n != 1 {
			t.Errorf("%s: sent %d times", name, n)
		}
	}
}
