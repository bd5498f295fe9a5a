package report

import (
	"os"
	"path/filepath"
)

// Replaces reports whether a report in the folder dir would overwrite or remove
// the file at path, whatever way leads there.
func Replaces(dir, path string) bool {
	there, err := os.Stat(path)
	if err != nil {
		return false
	}
	for _, name := range []string{csvName, jsonlName, htmlName, summaryName, retryName, removalsName} {
		for _, one := range []string{name, name + partialSuffix} {
			if mine, err := os.Stat(filepath.Join(dir, one)); err == nil && os.SameFile(there, mine) {
				return true
			}
		}
	}
	return false
}
