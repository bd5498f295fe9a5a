package m365

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// KeyHolders asks Exchange who has the key in the custom attribute.
func (t *Tenant) KeyHolders(ctx context.Context, attribute onboard.Field, key string) ([]onboard.Recipient, error) {
	number, err := customNumber(attribute)
	if err != nil {
		return nil, err
	}
	lookups, err := t.keys.get(string(attribute), func() (*lookups[exchange.Keyed], error) {
		return newLookups(exchange.MaxKeys, func(ctx context.Context, keys ...string) ([]exchange.Keyed, error) {
			return t.exchange.RecipientsByCustomAttribute(ctx, number, keys...)
		}, func(r exchange.Keyed, key string) bool { return strings.EqualFold(r.CustomAttribute(number), key) }), nil
	})
	if err != nil {
		return nil, err
	}
	found, err := lookups.holders(ctx, key)
	if err != nil {
		return nil, exchangeError(err)
	}
	holders := make([]onboard.Recipient, len(found))
	for i, r := range found {
		holders[i] = recipient(r.Recipient)
		if external := withoutPrefix(r.ExternalEmailAddress); holders[i].Kind == onboard.KindContact && external != "" {
			holders[i].Address = external
		}
	}
	return holders, nil
}

// customNumber is the number of a custom attribute.
func customNumber(f onboard.Field) (int, error) {
	number, ok := strings.CutPrefix(string(f), "custom_attribute_")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return 0, fmt.Errorf("m365: %s is no custom attribute", f)
	}
	return n, nil
}
