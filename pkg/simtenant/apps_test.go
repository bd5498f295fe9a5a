package simtenant

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/directory"
)

func TestSignInApp(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	exponent := big.NewInt(int64(key.E)).Bytes()
	keys := fmt.Sprintf(`{"keys":[{"kty":"EC"},{"kty":"RSA","n":%q,"e":%q}]}`,
		base64.RawURLEncoding.EncodeToString(key.N.Bytes()), base64.RawURLEncoding.EncodeToString(exponent))

	got, err := signInApp(directory.App{
		ClientID:      "a",
		ExchangeRoles: []string{"Exchange Administrator", "Mail Recipients", "Global Reader"},
		FederatedCredentials: []directory.FederatedCredential{
			{Issuer: "https://issuer.example", Subject: "job", Keys: json.RawMessage(keys)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Exchange Administrator", "Global Reader"}, got.DirectoryRoles); diff != "" {
		t.Errorf("directory roles (-want +got):\n%s", diff)
	}
	if len(got.Federated) != 1 || !key.PublicKey.Equal(got.Federated[0].Key) {
		t.Errorf("federated credentials: %+v", got.Federated)
	}
}

func TestFirstRSAKeyRefuses(t *testing.T) {
	for set, want := range map[string]string{
		`[]`:                      "not a JSON Web Key Set",
		`{"keys":[{"kty":"EC"}]}`: "no RSA key",
		`{"keys":[{"kty":"RSA","n":"*","e":"AQAB"}]}`: "illegal base64",
	} {
		if _, err := firstRSAKey(json.RawMessage(set)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %q", set, err, want)
		}
	}
}
