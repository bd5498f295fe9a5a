package main

import (
	"os"
	"runtime"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// smallDisk makes the folder a disk of so many KiB, if that is allowed; it ends
// with the script.
func smallDisk(ts *testscript.TestScript, folder, size string) {
	ts.Check(syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size+"k"))
	ts.Defer(func() { ts.Check(syscall.Unmount(folder, 0)) })
}

func hasSmallDisks() bool {
	folder, err := os.MkdirTemp("", "enlist-disk-*")
	if err != nil {
		return false
	}
	defer os.Remove(folder)
	return syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=16k") == nil && syscall.Unmount(folder, 0) == nil
}

// From linux/prctl.h and linux/capability.h.
const (
	prCapbsetRead = 23
	prCapbsetDrop = 24

	capDACOverride   = 1
	capDACReadSearch = 2
	capSetPCap       = 8
)

// keepToModes lets the programs that the script runs from here on be stopped by
// the modes of files, as root isn't by itself.
func keepToModes(ts *testscript.TestScript) {
	if os.Geteuid() != 0 {
		return
	}
	// It holds for this thread and what is started from it. The thread ends with
	// the script, since it stays locked.
	runtime.LockOSThread()
	for _, capability := range []uintptr{capDACOverride, capDACReadSearch} {
		if _, _, err := syscall.RawSyscall(syscall.SYS_PRCTL, prCapbsetDrop, capability, 0); err != 0 {
			ts.Fatalf("dropping a capability: %v", err)
		}
	}
}

func hasModes() bool {
	if os.Geteuid() != 0 {
		return true
	}
	allowed, _, err := syscall.RawSyscall(syscall.SYS_PRCTL, prCapbsetRead, capSetPCap, 0)
	return err == 0 && allowed == 1
}
