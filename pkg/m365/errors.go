package m365

import (
	"errors"

	"enlist/pkg/cause"
	"enlist/pkg/m365/cloud"
	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/pace"
	"enlist/pkg/onboard"
)

// refusal is an error of one of the APIs together with what it means to the
// job. It reads like the API's error, in plain words.
type refusal struct {
	meaning error
	err     error
}

func (r *refusal) Error() string   { return cause.Text(r.err) }
func (r *refusal) Unwrap() []error { return []error{r.meaning, r.err} }

// meanings are tried in order: an error may be of several kinds, and the first
// one that fits decides.
type meanings []struct{ is, meaning error }

func (m meanings) of(err error) error {
	if err == nil {
		return nil
	}
	var signIn *cloud.SignInError
	if errors.As(err, &signIn) {
		if signIn.Temporary {
			return &refusal{onboard.ErrUnavailable, err}
		}
		return &refusal{onboard.ErrDenied, err}
	}
	for _, entry := range m {
		if errors.Is(err, entry.is) {
			return &refusal{entry.meaning, err}
		}
	}
	return err
}

// exchangeError tells what an error of Exchange means to the job.
func exchangeError(err error) error {
	return meanings{
		{exchange.ErrUncertain, onboard.ErrUncertain},
		{exchange.ErrConflict, onboard.ErrConflict},
		{exchange.ErrAddressInUse, onboard.ErrAlreadyExists},
		{exchange.ErrNameInUse, onboard.ErrAlreadyExists},
		{exchange.ErrNotReplicated, onboard.ErrNotReady},
		{exchange.ErrRecipientNotFound, onboard.ErrRecipientNotFound},
		{exchange.ErrObjectNotFound, onboard.ErrRecipientNotFound},
		{exchange.ErrAlreadyMember, onboard.ErrAlreadyMember},
		{exchange.ErrCreationQuota, onboard.ErrCreationQuota},
		{exchange.ErrSynced, onboard.ErrOnPremisesSynced},
		{exchange.ErrNotManager, onboard.ErrNotManager},
		{exchange.ErrRoomList, onboard.ErrMemberRefused},
		{exchange.ErrAcceptedDomain, onboard.ErrOwnDomain},
		{exchange.ErrInvalidAddress, onboard.ErrRefused},
		{exchange.ErrInvalidParameter, onboard.ErrRefused},
		{exchange.ErrAmbiguous, onboard.ErrRefused},
		{exchange.ErrUnauthorized, onboard.ErrDenied},
		{exchange.ErrForbidden, onboard.ErrDenied},
		{exchange.ErrUnknownParameter, onboard.ErrDenied},
		{exchange.ErrOutsideScope, onboard.ErrOutsideScope},
		{exchange.ErrThrottled, onboard.ErrThrottled},
		{exchange.ErrUnavailable, onboard.ErrUnavailable},
		{exchange.ErrPageExpired, onboard.ErrUnavailable},
		{pace.ErrGaveUp, onboard.ErrUnavailable},
	}.of(err)
}

// isRepeated reports whether the refused command may have been carried out at an
// earlier try.
func isRepeated(err error) bool {
	refused, ok := errors.AsType[*exchange.Error](err)
	return ok && refused.Repeated
}

// groupError is exchangeError for a command on a group: there, the object that
// is not found is the group.
func groupError(err error) error {
	if errors.Is(err, exchange.ErrObjectNotFound) {
		return &refusal{onboard.ErrGroupNotFound, err}
	}
	return exchangeError(err)
}

// graphError tells what an error of Graph means to the job.
func graphError(err error) error {
	return meanings{
		{graph.ErrUnauthorized, onboard.ErrDenied},
		{graph.ErrForbidden, onboard.ErrDenied},
		{graph.ErrThrottled, onboard.ErrThrottled},
		{graph.ErrUnavailable, onboard.ErrUnavailable},
		{pace.ErrGaveUp, onboard.ErrUnavailable},
	}.of(err)
}
