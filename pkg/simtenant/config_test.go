package simtenant_test

import (
	"strings"
	"testing"

	"enlist/pkg/simtenant"
)

func TestProfiles(t *testing.T) {
	for _, name := range simtenant.Profiles() {
		cfg, err := simtenant.Profile(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i, f := range cfg.Faults {
			if err := f.Validate(); err != nil {
				t.Errorf("%s, fault %d: %v", name, i+1, err)
			}
		}
	}
	if _, err := simtenant.Profile("friendly"); err == nil || !strings.Contains(err.Error(), "ideal, typical") {
		t.Errorf("an unknown profile: %v", err)
	}
}
