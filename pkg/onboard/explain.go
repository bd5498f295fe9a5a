package onboard

import "slices"

// Explanation tells what a code means and how to mend it, apart from any row.
type Explanation struct {
	Code     Code
	Meaning  string
	NextStep string
}

// Explanations gives the codes of this package with their meanings.
func Explanations() []Explanation {
	return slices.Concat(contactExplanations(), keyExplanations(), groupExplanations(), tenantExplanations())
}

func contactExplanations() []Explanation {
	return []Explanation{
		{CodeAddressIsGroup, "A group of the organisation holds the address.",
			"Check the address: it belongs to a group, not to a person. To put a group into a group, use the Exchange admin center."},
		{CodeAddressAmbiguous, "Two or more recipients hold the address.",
			"Remove the address from all but one of these recipients in the Exchange admin center, then run the retry file."},
		{CodeAddressInUse, "The tenant says that the address is taken, but shows nobody who holds it, for example a deleted recipient that can still be restored.",
			"Look for the address with Get-Recipient -IncludeSoftDeletedRecipients in Exchange Online PowerShell, remove that recipient for good or free its address, wait an hour, then run the retry file."},
		{CodeOwnDomain, "The address is in one of the organisation's own domains, and nobody holds it.",
			"Check the address. A person inside the organisation needs a mailbox, not a mail contact."},
		{CodeContactRefused, "The tenant refused a value of the contact.",
			"Mend the value named in the message in the retry file, then run it."},
		{CodeContactNotReady, "The tenant's directories did not agree with each other in time.",
			"Run the retry file in half an hour; nothing has to be changed."},
		{CodeContactUncertain, "The connection broke while the contact was created, and it can't be told yet whether it exists.",
			"Run the retry file in a few minutes; a contact that exists by then is found, not created twice."},
		{CodeAttributesNotSet, "The contact was created, but company, title, phone numbers or other attributes could not be set.",
			"Set them in the Exchange admin center; the contact itself and its memberships are in order."},
		{CodeAttributesNotUpdated, "The contact exists, but its attributes could not be read or brought to what the input says.",
			"Mend the value named in the message in the retry file, then run it."},
		{CodeContactInsideOnly, "The mail contact itself takes mail from inside only, so mail that the group takes from outside bounces for this member with 550 5.7.12. The setting was left as it is.",
			"Unless that is as it should be, set RequireSenderAuthenticationEnabled of the contact to false with Set-MailContact."},
		{CodeContactSendersLimited, "The mail contact itself takes mail from listed senders only, so mail that the group takes from others bounces for this member. The list was left as it is.",
			"Unless that is as it should be, clear AcceptMessagesOnlyFromSendersOrMembers of the contact with Set-MailContact."},
		{CodeContactSendersRejected, "The mail contact itself takes no mail from some senders. The list was left as it is.",
			"Unless that is as it should be, clear RejectMessagesFromSendersOrMembers of the contact with Set-MailContact."},
		{CodeInvitationBlocked, "The organisation's settings forbid guests, or guests of this domain, or let only administrators invite them.",
			"Look at the external collaboration settings in the Microsoft Entra admin center: who may invite, and which domains are allowed. Then run the retry file."},
		{CodeGuestIsContact, "A Microsoft 365 group takes outside people as guests, and a mail contact holds the person's address. A guest invited all the same would come out without an address.",
			"Remove the mail contact in the Exchange admin center, wait an hour, then run the retry file; the guest can be in distribution groups, too. Or name a distribution group instead."},
	}
}

func keyExplanations() []Explanation {
	return []Explanation{
		{CodeKeyAmbiguous, "Nobody holds the row's address, and more than one recipient has its employee id, so it can't be told whose address has changed.",
			"Take the id out of the custom attribute of all but one of these recipients, and remove those that are not needed in the Exchange admin center, then run the retry file."},
		{CodeKeyNotOfContact, "Nobody holds the row's address, and its employee id belongs to a guest, a mailbox or another recipient whose address enlist does not change.",
			"If that is the person, change the address of that recipient in the Exchange admin center, or correct the address in the input. If not, take the id out of its custom attribute. Then run the retry file."},
		{CodeKeyOfOtherRow, "The address of a contact has changed by its employee id, and another row is about its former address: two rows would have got hold of one contact.",
			"If one of the rows is out of date, leave it out. If the former address belongs to somebody else now, run the row with the new address alone first, and then the file."},
		{CodeKeyDiffers, "The contact that holds the row's address has another employee id, so the address may have gone over to another person.",
			"Find out whose address it is. If it is the person of the row, clear the custom attribute of the contact in the Exchange admin center; if not, correct the address in the input. Then run the retry file."},
		{CodeKeyElsewhere, "Another recipient than the one who holds the row's address has its employee id, so the person may be there twice.",
			"Keep one of the two in the Exchange admin center: put it into the groups of the other and remove that, or take the id out of its custom attribute. Then run the retry file."},
		{CodeAddressNotChanged, "The contact with the row's employee id has another address, and Exchange refused to change it.",
			"Change the contact's external email address where it is kept: in the Exchange admin center or, if it is synchronised from there, in the on-premises directory. Then run the retry file."},
	}
}

func groupExplanations() []Explanation {
	return []Explanation{
		{CodeGroupNotFound, "No group has this address, alias, display name or object id.",
			"Check the spelling of the group in the input, or create the group first, then run the retry file."},
		{CodeGroupAmbiguous, "More than one group goes by this name.",
			"Write the group's email address instead of its name in the retry file, then run it."},
		{CodeGroupDynamic, "A dynamic distribution group has no members of its own; its filter decides who receives its mail.",
			"Change the group's filter so that it takes the contact in, or name another group in the retry file."},
		{CodeGroupMicrosoft365, "A Microsoft 365 group takes outside people as guests, not as mail contacts.",
			"Run with --m365-groups guest to have the person invited as a guest, or name a distribution group in the retry file."},
		{CodeGroupRoomList, "A room list takes rooms only.",
			"Name a distribution group in the retry file, then run it."},
		{CodeGroupOnPremises, "The group is synchronised from an on-premises directory and can't be changed in the cloud.",
			"Add the person to the group in the on-premises directory, or name a cloud group in the retry file."},
		{CodeGroupNotManager, "Only a manager of the group may change it, and enlist's role does not let it pass that check.",
			"Give enlist's app the Exchange role 'Security Group Creation and Membership', or make it an owner of the group, then run the retry file."},
		{CodeGroupRefusesMember, "The group does not take this kind of member.",
			"Check the group, or name another one in the retry file."},
		{CodeMemberNotVisible, "The contact exists, but the tenant did not find it in time to add it to the group.",
			"Run the retry file in half an hour; nothing has to be changed."},
		{CodeGroupProtected, "The group is protected, so it is never opened: the person is a member and gets the group's mail, but what the person writes to it bounces with 550 5.7.133.",
			"Nothing, if that is as it should be. Otherwise take the group out of --protected, or out of what the configuration file protects, and run the file again."},
		{CodeGroupNotCreated, "No group goes by this name, and none could be created: its address can't be made, is outside the organisation's domains, or is taken by now, or its owner is not there.",
			"Write an address in one of the organisation's domains in the retry file, or give --group-domain, and check that --group-owner is somebody of the organisation. Then run the retry file."},
		{CodeGroupRefused, "Exchange refused to change the group, for the reason in the message.",
			"Mend what the message names in the Exchange admin center, then run the retry file."},
		{CodeGroupConflict, "Something else changed the group each time that enlist tried to.",
			"Run the retry file later; nothing has to be changed. If it happens again, look which other program or person changes the group."},
		{CodeGroupSendersLimited, "The group takes mail from listed senders only; from everybody else it bounces with 550 5.7.124. The list was left as it is.",
			"Add the senders to the group's delivery management in the Exchange admin center, or run with --senders listed to have enlist keep the list."},
		{CodeGroupSendersRejected, "The group takes no mail from some senders. The list was left as it is.",
			"Look at RejectMessagesFromSendersOrMembers of the group if somebody's mail bounces."},
		{CodeGroupModerated, "Mail to the group waits until a moderator lets it through. The setting was left as it is.",
			"Tell the moderators to expect mail from outside, or let the senders pass by BypassModerationFromSendersOrMembers."},
		{CodeGroupHidden, "The group is hidden from address lists. Mail to its address arrives all the same.",
			"Nothing, if that is as it should be. Otherwise clear 'Hide this group from the global address list' in the Exchange admin center."},
		{CodeGroupNoReports, "The group reports to nobody, so mail to its members leaves with an empty return path, and servers outside may drop it without a word.",
			"Run with --delivery-reports fix, or set ReportToOriginatorEnabled of the group to true."},
		{CodeGroupCrowded, "Each mail to the group counts once for each outside member against the tenant's daily limit of outside recipients, and there are very many of them.",
			"Compare with the limit that Get-LimitsEnforcementStatus tells, and limit who may write to the group, or use a mailing service. --warn-outside-members sets the number."},
		{CodeGroupLarge, "The group has more than 5,000 members. Exchange then lets only members write to it, and holds their mail until a moderator lets it through.",
			"Divide the group, put its parts into a group of groups, or name moderators who expect the mail."},
	}
}

func tenantExplanations() []Explanation {
	return []Explanation{
		{CodeCreationQuota, "The tenant takes no further contacts for the time being. This limit moves and is not published.",
			"Run the retry file tomorrow; it goes on where this run had to stop. With --wait-for-quota a run waits itself until contacts are taken again."},
		{CodeThrottled, "The tenant kept asking to slow down.",
			"Run the retry file later, with fewer workers (--workers) or at a quieter hour."},
		{CodeUnavailable, "The tenant could not be reached or was out of order.",
			"Check the network and the Microsoft 365 service health, then run the retry file."},
		{CodeDenied, "The tenant refused access.",
			"Check the app's Exchange role and its permissions: Exchange.ManageAsApp and, for guests, User.Invite.All and GroupMember.ReadWrite.All. \"enlist doctor\" says what is missing. Newly granted roles need up to an hour."},
		{CodeUnexpected, "The tenant gave an answer that enlist does not know.",
			"Run the retry file once more. If it happens again, report it with the request id in the message."},

		{CodeInterrupted, "The run was interrupted before this row was done.",
			"Run the retry file, or the same file again: what is done already is found, not done twice."},
		{CodeDeadline, "The run's time was up before this row was done.",
			"Run the retry file, or allow more time with --max-duration."},
		{CodeStopped, "The run was stopped before this row was done, because going on would have failed every row or gone past a safety limit.",
			"Mend what stopped the run, then run the retry file."},
	}
}
