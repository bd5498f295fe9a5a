//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"enlist/pkg/report"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// The benchmarks in this file run the program itself, as it runs at night, on a
// tenant in which nearly all that the file wants is done already: with nothing
// kept from the night before, and with the directory kept in the state file.

// BenchmarkNightWithoutChanges shows how the time grows with the file.
func BenchmarkNightWithoutChanges(b *testing.B) {
	most := 20 * benchPeople(b)
	for _, n := range []int{most / 100, most / 10, most} {
		night := newBenchNight(b, n, groupsOfPerson)
		night.writeFile(b, n)
		b.Run(fmt.Sprintf("people=%d/nothing kept", n), func(b *testing.B) {
			for b.Loop() {
				night.run(b, "--state", "off")
			}
		})
		b.Run(fmt.Sprintf("people=%d/directory kept", n), func(b *testing.B) {
			night.run(b, "--state", night.state)
			for b.Loop() {
				night.run(b, "--state", night.state)
			}
		})
	}
}

// BenchmarkNightWithChanges has one new person for every hundred.
func BenchmarkNightWithChanges(b *testing.B) {
	n := 20 * benchPeople(b)
	for b.Loop() {
		night := newBenchNight(b, n, groupsOfPerson)
		night.writeFile(b, n)
		night.run(b, "--state", night.state)
		night.writeFile(b, n+n/100)
		night.run(b, "--state", night.state)
	}
}

// BenchmarkSmallFile has a file of 40 people, all of whom a large directory has.
func BenchmarkSmallFile(b *testing.B) {
	night := newBenchNight(b, 20*benchPeople(b), groupsOfPerson)
	night.writeFile(b, 40)
	for b.Loop() {
		night.run(b, "--state", "off")
	}
}

// BenchmarkMemory has all people in five groups, so that there are five times as
// many memberships as contacts to be known. What counts is MB-resident.
func BenchmarkMemory(b *testing.B) {
	n := 40 * benchPeople(b)
	night := newBenchNight(b, n, 5)
	night.writeFile(b, n)
	night.run(b, "--state", night.state)
	for b.Loop() {
		night.run(b, "--state", night.state)
	}
}

// benchNight is a tenant with so many people in some open groups, and the program
// with its files.
type benchNight struct {
	program, file, state, folder string
	runs                         int
	groups                       []string
	env                          []string
}

func newBenchNight(b *testing.B, people, groups int) *benchNight {
	b.Helper()
	folder := b.TempDir()
	n := &benchNight{
		folder:  folder,
		program: filepath.Join(folder, "enlist"),
		file:    filepath.Join(folder, "people.csv"),
		state:   filepath.Join(folder, "state.db"),
	}
	if out, err := exec.Command("go", "build", "-o", n.program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	_, o := benchTenant(b, "typical", func(c *simtenant.Config) { n.populate(c.Seed, people, groups) })
	n.env = append(os.Environ(), "ENLIST_TENANT=sim", "ENLIST_SIM_ADDRESS="+o.sim.address, "ENLIST_SIM_CA="+o.sim.ca)
	return n
}

// populate puts the people into the tenant and its first groups.
func (n *benchNight) populate(seed *directory.Seed, people, groups int) {
	members := make([]string, people)
	for i := range people {
		members[i] = benchAddress(i)
		seed.Contacts = append(seed.Contacts, directory.SeedContact{Email: members[i], DisplayName: fmt.Sprintf("Person %d", i)})
	}
	inside := false
	for i := range groups {
		seed.Groups[i].Members, seed.Groups[i].RequireSenderAuthentication = members, &inside
		n.groups = append(n.groups, seed.Groups[i].Address)
	}
}

func benchAddress(i int) string { return fmt.Sprintf("person%06d@partner.example", i) }

func (n *benchNight) writeFile(b *testing.B, people int) {
	b.Helper()
	f, err := os.Create(n.file)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "email,display_name,groups")
	for i := range people {
		fmt.Fprintf(w, "%s,Person %d,%s\n", benchAddress(i), i, strings.Join(n.groups, ";"))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// run runs the program once and reports what it took.
func (n *benchNight) run(b *testing.B, flags ...string) {
	b.Helper()
	n.runs++
	folder := filepath.Join(n.folder, fmt.Sprint("report", n.runs))
	args := append([]string{"run", "--report", folder, "--report-format", "csv", "--progress", "none", n.file}, flags...)
	cmd := exec.Command(n.program, args...)
	cmd.Env = n.env
	out := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	resident := watchResident(cmd.Process.Pid)
	err := cmd.Wait()
	peak := resident()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(folder, "summary.json"))
	if err != nil {
		b.Fatal(err)
	}
	var summary report.Summary
	if err := json.Unmarshal(text, &summary); err != nil {
		b.Fatal(err)
	}
	writes := 0
	for _, command := range []string{"New-MailContact", "Add-DistributionGroupMember", "Set-DistributionGroup"} {
		writes += summary.Commands[command]
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(summary.Ended.Sub(summary.Started).Seconds(), "s")
	b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
	b.ReportMetric(float64(summary.Requests), "requests")
	b.ReportMetric(float64(writes), "writes")
	b.ReportMetric(peak, "MB-resident")
}

// watchResident looks at how much memory a process has had at the most, in MB,
// until it is asked for that. What the kernel tells of a process that has ended
// won't do: its ru_maxrss counts in the memory of who started it, which here has
// the simulated tenant in it.
func watchResident(pid int) (peak func() float64) {
	stop, told := make(chan struct{}), make(chan float64)
	go func() {
		var most float64
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			most = max(most, residentNow(pid))
			select {
			case <-tick.C:
			case <-stop:
				tick.Stop()
				told <- most
				return
			}
		}
	}()
	return func() float64 {
		close(stop)
		return <-told
	}
}

// residentNow is the process's VmHWM (proc(5)); 0 when it is gone.
func residentNow(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); n == 1 {
			return kilobytes / 1024
		}
	}
	return 0
}
