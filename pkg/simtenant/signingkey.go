package simtenant

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// signingKey is the key that signs access tokens. A tenant that keeps its state
// keeps the key too, in a file beside it, so that tokens outlive a restart.
func signingKey(stateFile string) (*rsa.PrivateKey, error) {
	if stateFile == "" {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	path := stateFile + ".key"
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newSigningKey(path)
	case err != nil:
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key in PEM; delete it to get a new one, which makes earlier tokens invalid", path)
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// newSigningKey makes a key and its file, which is there whole or not at all.
func newSigningKey(path string) (_ *rsa.PrivateKey, err error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // for the owner only
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	err = pem.Encode(file, &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return key, os.Rename(file.Name(), path)
}
