package onboard

import (
	"context"
	"errors"
	"fmt"
)

// Tenant is the organisation as the job sees it: what it must be able to ask
// and to change. Every method may be called by many goroutines at once.
//
// An implementation retries what is worth retrying within its own bounds, so
// an error it returns is final for the call. It wraps one of the sentinel
// errors below where one fits, since the job acts on them.
type Tenant interface {
	// Holders tells which recipients hold the address, whether as external
	// email address, as primary or as other proxy address, whatever their
	// kind, compared without regard to letter case. It may answer from what
	// was read earlier. A recipient that is Remembered is looked up again before
	// anything is written for it; all other answers, "nobody" among them, are
	// acted on, and where they are out of date the tenant's refusal tells.
	Holders(ctx context.Context, address string) ([]Recipient, error)
	// CurrentHolders is Holders without anything read earlier.
	CurrentHolders(ctx context.Context, address string) ([]Recipient, error)
	// OwnDomain tells whether the domain is one of the organisation's
	// accepted domains.
	OwnDomain(ctx context.Context, domain string) (bool, error)
	// CreateContact creates a mail contact. It is never repeated blindly: an
	// error that wraps ErrUncertain may mean that the contact exists now.
	CreateContact(ctx context.Context, c Contact) (Recipient, error)
	// SetAttributes gives the new contact those attributes of c that creating
	// it can't set; there may be none. Repeating it is harmless.
	SetAttributes(ctx context.Context, r Recipient, c Contact) error

	// Groups tells which groups go by the name: address, alias, display name
	// or object id. None and several are for the caller to judge.
	Groups(ctx context.Context, name string) ([]Group, error)
	// IsMember tells whether the recipient is a direct member of the group,
	// as far as is known without asking again.
	IsMember(ctx context.Context, g Group, r Recipient) (bool, error)
	// AddMember adds the recipient to the group. Repeating it is harmless.
	AddMember(ctx context.Context, g Group, r Recipient) error

	GroupSettings
	GuestInviter
	AttributeKeeper
	KeyFinder
	MemberCounter
	RestrictionReader
	GroupMaker
}

// RecipientKind is the kind of a recipient as far as the job cares.
type RecipientKind string

// The kinds of recipients. Words that a person can read in a message.
const (
	KindContact  RecipientKind = "mail contact"
	KindGuest    RecipientKind = "guest"
	KindMailUser RecipientKind = "mail user"
	KindMailbox  RecipientKind = "mailbox"
	KindGroup    RecipientKind = "group"
	KindOther    RecipientKind = "recipient"
)

// Recipient is somebody or something that mail can be sent to.
type Recipient struct {
	// ID is the directory object id (a GUID); empty while the directory has
	// not told it yet.
	ID          string
	Kind        RecipientKind
	DisplayName string
	// Address is the primary address; a mail contact's is its external one.
	Address string
	// Ref is what the tenant wants to hear when this recipient is meant.
	// It means nothing to the job.
	Ref string
	// New is set for a contact that this run has created, which the tenant
	// may not show everywhere yet.
	New bool
	// Remembered is set when this was read earlier, and may be out of date.
	Remembered bool
}

// GroupKind is the kind of a group.
type GroupKind string

// The kinds of groups.
const (
	GroupDistribution GroupKind = "distribution group"
	GroupSecurity     GroupKind = "mail-enabled security group"
	GroupDynamic      GroupKind = "dynamic distribution group"
	GroupMicrosoft365 GroupKind = "Microsoft 365 group"
	GroupRoomList     GroupKind = "room list"
)

// Group is where a contact is added.
type Group struct {
	ID          string // directory object id (a GUID)
	Kind        GroupKind
	DisplayName string
	Address     string // primary address
	// Ref is what the tenant wants to hear when this group is meant.
	Ref string
	// OnPremisesSynced: the group is kept in an on-premises directory and
	// read-only in the cloud.
	OnPremisesSynced bool
	// InsideSendersOnly is RequireSenderAuthenticationEnabled: the group
	// refuses mail from outside with 550 5.7.133.
	InsideSendersOnly bool
	// New is set for a group that this run has created, which the tenant may
	// not show everywhere yet.
	New bool
	// Delivery is what else decides about mail to and from the group.
	Delivery Delivery
}

// What a tenant's refusals mean. Implementations of Tenant wrap them.
var (
	// ErrAlreadyExists: another recipient holds the address or the name.
	ErrAlreadyExists = errors.New("a recipient with this address exists already")
	// ErrAlreadyMember: the recipient is in the group already.
	ErrAlreadyMember = errors.New("the recipient is a member already")
	// ErrRecipientNotFound: the tenant doesn't find the recipient, either
	// because it is gone or because it is too new.
	ErrRecipientNotFound = errors.New("the recipient was not found")
	// ErrGroupNotFound: the tenant doesn't find the group.
	ErrGroupNotFound = errors.New("the group was not found")
	// ErrNotReady: the tenant's directories don't agree with each other yet.
	ErrNotReady = errors.New("the directory is not ready yet")
	// ErrUncertain: the connection was lost after the command was sent, so it
	// may have been carried out.
	ErrUncertain = errors.New("it is not known whether the command was carried out")
	// ErrCreationQuota: the tenant takes no further contacts for now.
	ErrCreationQuota = errors.New("the tenant takes no further contacts for now")
	// ErrOnPremisesSynced: the object can only be changed on-premises.
	ErrOnPremisesSynced = errors.New("the object is synchronised from on-premises")
	// ErrNotManager: only the group's managers may change it.
	ErrNotManager = errors.New("only a manager of the group may change it")
	// ErrMemberRefused: this kind of recipient can't be in this group.
	ErrMemberRefused = errors.New("the group does not take this kind of member")
	// ErrOwnDomain: the address is in one of the organisation's domains.
	ErrOwnDomain = errors.New("the address is in one of the organisation's own domains")
	// ErrInvitationBlocked: the organisation's settings forbid to invite the
	// person as a guest.
	ErrInvitationBlocked = errors.New("the organisation's settings forbid to invite this person")
	// ErrConflict: the tenant refused the command, since another one changed the
	// same group at the same time.
	ErrConflict = errors.New("another command changed the group at the same time")
	// ErrRefused: the tenant refuses the values that it was given.
	ErrRefused = errors.New("the tenant refused the values")
	// ErrThrottled: the tenant asked to slow down, again and again.
	ErrThrottled = errors.New("the tenant is throttling requests")
	// ErrUnavailable: the tenant can't be reached or is out of order.
	ErrUnavailable = errors.New("the tenant is not available")
	// ErrDenied: credentials or permissions don't suffice.
	ErrDenied = errors.New("the tenant denied access")
	// ErrOutsideScope: permissions don't suffice for this one object. It is an
	// ErrDenied.
	ErrOutsideScope = fmt.Errorf("%w to this object", ErrDenied)
)
