package simtenant

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"

	"github.com/google/uuid"
)

// Each part that needs chance has a stream of its own, so that what one is
// asked does not change what another answers.
const (
	signInStream = iota
	graphStream
)

// randomBytes is a stream of chance: the same for the same seed.
func randomBytes(seed uint64, stream byte) *rand.ChaCha8 {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	key[31] = stream
	return rand.NewChaCha8(key)
}

// randomIDs gives one id after the other. It may be called concurrently.
func randomIDs(from *rand.ChaCha8) func() string {
	var mu sync.Mutex
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return uuid.Must(uuid.NewRandomFromReader(from)).String() // chance never runs out
	}
}
