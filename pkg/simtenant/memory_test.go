package simtenant_test

import (
	"runtime"
	"testing"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// perContact loads a generated organisation and returns the live heap that it
// takes, its memberships included, divided by its contacts.
func perContact(tb testing.TB, size simtenant.Size) int {
	tb.Helper()
	before := liveHeap()
	seed, err := simtenant.Generate(size, 1)
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := directory.Open(directory.Options{Seed: seed})
	if err != nil {
		tb.Fatal(err)
	}
	bytes := int(liveHeap()-before) / size.Contacts
	runtime.KeepAlive(dir)
	return bytes
}

func liveHeap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one found to finalise
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A contact with its share of five memberships costs less than 1 KB.
func TestMemoryPerContact(t *testing.T) {
	if testing.Short() {
		t.Skip("fills some memory")
	}
	bytes := perContact(t, simtenant.Size{Contacts: 20_000, Groups: 50, Members: 100_000})
	t.Logf("%d bytes a contact", bytes)
	if bytes >= 1024 {
		t.Errorf("a contact costs %d bytes, want less than 1 KB", bytes)
	}
}

// The size that the tenant is made for.
func BenchmarkLargeOrganisation(b *testing.B) {
	for b.Loop() {
		bytes := perContact(b, simtenant.Size{Contacts: 200_000, Groups: 500, Members: 1_000_000})
		b.ReportMetric(float64(bytes), "B/contact")
	}
}
