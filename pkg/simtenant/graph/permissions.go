package graph

import "slices"

// Application permissions of which one is enough, the least privileged first
// (Microsoft Learn, "Permissions" table of each operation).
var (
	directoryReaders = []string{"Directory.Read.All", "Directory.ReadWrite.All"}

	organizationReaders = anyOf(directoryReaders, "Organization.Read.All", "Organization.ReadWrite.All")
	contactReaders      = anyOf(directoryReaders, "OrgContact.Read.All")
	groupReaders        = anyOf(directoryReaders, "GroupMember.Read.All", "Group.Read.All", "GroupMember.ReadWrite.All", "Group.ReadWrite.All")
	userReaders         = anyOf(directoryReaders, "User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All")

	// objectReaders may ask for objects by id. What they see of each type
	// depends on their permissions for it.
	objectReaders = slices.Concat(contactReaders, groupReaders, userReaders)

	memberWriters = []string{"GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"}
	groupWriters  = []string{"Group.ReadWrite.All", "Directory.ReadWrite.All"}
	userWriters   = []string{"User.ReadWrite.All"}
	mailSenders   = []string{"Mail.Send"}
	inviters      = []string{"User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}
	// What reads where the authority over groups is, is not among what reads groups.
	authorityReaders = []string{"Group-OnPremisesSyncBehavior.ReadWrite.All"}
)

func anyOf(shared []string, own ...string) []string { return slices.Concat(own, shared) }
