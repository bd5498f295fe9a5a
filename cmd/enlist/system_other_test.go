//go:build !linux

package main

import (
	"os"
	"runtime"

	"github.com/rogpeppe/go-internal/testscript"
)

func smallDisk(ts *testscript.TestScript, _, _ string) { ts.Fatalf("there are no small disks here") }

func hasSmallDisks() bool { return false }

func keepToModes(*testscript.TestScript) {}

func hasModes() bool { return runtime.GOOS != "windows" && os.Geteuid() != 0 }
