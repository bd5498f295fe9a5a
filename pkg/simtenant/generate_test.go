package simtenant_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"enlist/pkg/simtenant"
)

func TestGenerate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := simtenant.Size{
			Contacts: rapid.IntRange(0, 50).Draw(t, "contacts"),
			Groups:   rapid.IntRange(0, 8).Draw(t, "groups"),
		}
		size.Members = rapid.IntRange(0, size.Contacts*size.Groups).Draw(t, "members")
		random := rapid.Uint64().Draw(t, "random")

		seed, err := simtenant.Generate(size, random)
		if err != nil {
			t.Fatal(err)
		}
		again, err := simtenant.Generate(size, random)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(seed, again); diff != "" {
			t.Fatalf("the same size and number gave another organisation:\n%s", diff)
		}

		members := 0
		for _, g := range seed.Groups {
			members += len(g.Members)
			if distinct := slices.Compact(slices.Sorted(slices.Values(g.Members))); len(distinct) != len(g.Members) {
				t.Fatalf("group %s has a member twice: %v", g.Name, g.Members)
			}
		}
		got := simtenant.Size{Contacts: len(seed.Contacts), Groups: len(seed.Groups), Members: members}
		if got != size {
			t.Fatalf("got %+v, want %+v", got, size)
		}
	})
}

func TestGeneratedOrganisationCanBeServed(t *testing.T) {
	seed, err := simtenant.Generate(simtenant.Size{Contacts: 300, Groups: 5, Members: 700}, 1)
	if err != nil {
		t.Fatal(err)
	}
	state := start(t, simtenant.Config{Seed: seed}).State()
	if len(state.Contacts) != 300 || len(state.Groups) != 5 || len(state.Groups[0].Members) != 140 {
		t.Errorf("the tenant has %d contacts, %d groups, %d members in the first",
			len(state.Contacts), len(state.Groups), len(state.Groups[0].Members))
	}
}

func TestGenerateRefuses(t *testing.T) {
	if _, err := simtenant.Generate(simtenant.Size{Contacts: 2, Groups: 2, Members: 5}, 1); err == nil || !strings.Contains(err.Error(), "room for 4") {
		t.Errorf("too many members: %v", err)
	}
	if _, err := simtenant.Generate(simtenant.Size{Contacts: -1}, 1); err == nil {
		t.Error("a negative number of contacts was not refused")
	}
}
