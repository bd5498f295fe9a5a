package directory

import (
	"crypto/sha256"
	"strings"

	"github.com/google/uuid"
)

// newID makes an id that is always the same for the same words.
func (d *Directory) newID(words ...string) uuid.UUID {
	return deriveID(d.tenant.ID, words...)
}

// deriveID keeps ids of different tenants apart.
func deriveID(space uuid.UUID, words ...string) uuid.UUID {
	return uuid.NewHash(sha256.New(), space, []byte(strings.Join(words, "\x00")), 4)
}
