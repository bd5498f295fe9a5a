package main

import "testing"

func TestMostRemovals(t *testing.T) {
	for _, tt := range []struct {
		flag     string
		putThere int
		want     int
	}{
		{"", 5, 0},
		{"", 100, 10},
		{"", 250, 25},
		{"", 10_000, 25},
		{"40", 100, 40},
		{"0", 100, 0},
		{"50%", 100, 50},
		{"100%", 10_000, 10_000},
	} {
		var o pruneOptions
		if err := o.removals.Set(tt.flag); err != nil {
			t.Fatal(err)
		}
		if got := o.most(tt.putThere); got != tt.want {
			t.Errorf("--max-removals %q of %d: %d, want %d", tt.flag, tt.putThere, got, tt.want)
		}
	}
}
