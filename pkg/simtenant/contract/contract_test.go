package contract_test

import (
	"os"
	"strings"
	"testing"
)

// claim is a row of testdata/rows.txt and what shows that it holds.
type claim struct {
	row   string
	check func(*testing.T, *wire)
}

// chapter is claims that are checked against one tenant, one after the other.
type chapter struct {
	name   string
	tenant func(*testing.T) *wire
	claims []claim
}

func chapters() []chapter {
	return []chapter{
		{"sign-in", company, signInClaims()},
		{"exchange access", company, accessClaims()},
		{"exchange requests", company, requestClaims()},
		{"exchange answers", company, answerClaims()},
		{"exchange pages", company, pageClaims()},
		{"exchange errors", company, errorClaims()},
		{"exchange replication", laggingCompany, replicationClaims()},
		{"exchange limits", slowCompany, limitClaims()},
		{"exchange concurrency", crowdedCompany, crowdClaims()},
		{"exchange batches", company, batchClaims()},
		{"exchange cmdlets", company, cmdletClaims()},
		{"exchange version 2", company, version2Claims()},
		{"mail", company, mailClaims()},
		{"graph contacts", company, graphContactClaims()},
		{"graph groups", company, graphGroupClaims()},
		{"graph queries", company, graphQueryClaims()},
		{"graph changes", company, graphDeltaClaims()},
		{"graph batches", company, graphBatchClaims()},
		{"graph limits", slowCompany, graphLimitClaims()},
		{"graph guests", company, graphGuestClaims()},
		{"graph replication", laggingCompany, graphReplicationClaims()},
	}
}

func TestContract(t *testing.T) {
	for _, ch := range chapters() {
		t.Run(ch.name, func(t *testing.T) {
			w := ch.tenant(t)
			for _, c := range ch.claims {
				t.Run(c.row, func(t *testing.T) { c.check(t, w) })
			}
		})
	}
}

func TestEveryRowHasACase(t *testing.T) {
	content, err := os.ReadFile("testdata/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	claimed := map[string]bool{}
	for _, ch := range chapters() {
		for _, c := range ch.claims {
			claimed[c.row] = true
		}
	}
	for line := range strings.Lines(string(content)) {
		row := strings.TrimSpace(line)
		if row == "" || strings.HasPrefix(row, "#") || strings.HasPrefix(row, "not applicable: ") {
			continue
		}
		if !claimed[row] {
			t.Errorf("no case names the row %q", row)
		}
		delete(claimed, row)
	}
	for row := range claimed {
		t.Errorf("a case names %q, which is no row", row)
	}
}
