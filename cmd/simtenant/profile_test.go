package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"enlist/pkg/simtenant"
)

// configOf reads a command line without serving.
func configOf(t *testing.T, args ...string) simtenant.Config {
	t.Helper()
	var f serveFlags
	cmd := newServeCommand()
	cmd.ResetFlags()
	f.register(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	cfg, err := f.config(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestFlagsWinOverTheProfile(t *testing.T) {
	cfg := configOf(t, "--profile", "typical", "--latency", "0", "--rate", "7")
	if cfg.Latency != 0 || cfg.Rate != 7 {
		t.Errorf("latency %v and rate %v, want those of the flags", cfg.Latency, cfg.Rate)
	}
	if cfg.Concurrency != 10 || cfg.ReplicationDelay != 5*time.Second {
		t.Errorf("concurrency %d and replication delay %v, want those of the profile", cfg.Concurrency, cfg.ReplicationDelay)
	}
}

func TestNoFlagsIsIdeal(t *testing.T) {
	cfg := configOf(t)
	if cfg.Latency != 0 || cfg.Rate != 0 || cfg.ReplicationDelay != 0 || len(cfg.Faults) != 0 {
		t.Errorf("got %+v", cfg)
	}
}

func TestProfileFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slow.json")
	if err := os.WriteFile(path, []byte(`{"profile":"busy","latency":"2s","rate":5,"creation-quota":1000000}`), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := configOf(t, "--profile", path, "--rate", "8")
	if cfg.Latency != 2*time.Second || cfg.CreationQuota != 1000000 {
		t.Errorf("latency %v and quota %d, want those of the file", cfg.Latency, cfg.CreationQuota)
	}
	if cfg.Rate != 8 {
		t.Errorf("rate %v, want that of the flag", cfg.Rate)
	}
	if cfg.Concurrency != 5 {
		t.Errorf("concurrency %d, want that of the profile that the file names", cfg.Concurrency)
	}
}

func TestCreationQuota(t *testing.T) {
	cfg := configOf(t, "--creation-quota", "600")
	if cfg.CreationQuota != 600 || cfg.CreationWindow != 0 {
		t.Errorf("600 is %d within %v, want the tenant's own time", cfg.CreationQuota, cfg.CreationWindow)
	}
	cfg = configOf(t, "--creation-quota", "600/1h")
	if cfg.CreationQuota != 600 || cfg.CreationWindow != time.Hour {
		t.Errorf("600/1h is %d within %v", cfg.CreationQuota, cfg.CreationWindow)
	}
	for _, wrong := range []string{"", "many", "-1", "600/", "600/0s", "600/day"} {
		if err := new(quota).Set(wrong); err == nil {
			t.Errorf("--creation-quota %q was taken", wrong)
		}
	}
}
