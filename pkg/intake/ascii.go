package intake

import "encoding/binary"

// The same value in each byte of a word, for looking at eight bytes at once.
const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
)

// asciiPrefix gives the length of the part of b before the first byte beyond
// ASCII.
func asciiPrefix(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if binary.LittleEndian.Uint64(b[n:])&highBits != 0 {
			break
		}
	}
	for n < len(b) && b[n] < 0x80 {
		n++
	}
	return n
}

// visibleASCII reports whether b holds nothing but the characters from space
// to ~.
func visibleASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		// A byte below 0x20 borrows into its high bit, one above 0x7e carries
		// into it.
		if (w|(w-0x20*everyByte)|(w+everyByte))&highBits != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func asciiLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
