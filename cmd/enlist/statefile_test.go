package main

import (
	"database/sql"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

func cmdSQL(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[1])
	ts.Check(err)
}

func cmdDamage(ts *testscript.TestScript, neg bool, args []string) {
	content := []byte(ts.ReadFile(args[0]))
	for i := 4096; i < len(content); i++ {
		content[i] ^= 0x5a
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o600))
}

func cmdSmallDisk(ts *testscript.TestScript, neg bool, args []string) {
	smallDisk(ts, ts.MkAbs(args[0]), args[1])
}
