package smtp

import gosmtp "github.com/emersion/go-smtp"

// Refusals in the service's words. Sources: the non-delivery report articles of
// OfficeDocs-Support for the codes; the texts as seen in public bounces, except
// those marked "assumed".
var (
	errUnknownRecipient = refusal(5, 1, 10, "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup")
	errUnknownX500      = refusal(5, 1, 1, "RESOLVER.ADR.ExRecipNotFound; not found")
	errRelay            = refusal(5, 7, 54, "SMTP; Unable to relay recipient in non-accepted domain")
	errSendAs           = refusal(5, 7, 60, "SMTP; Client does not have permissions to send as this sender")

	errGroupWantsInsiders    = refusal(5, 7, 133, "RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group")
	errMailboxWantsInsiders  = refusal(5, 7, 134, "RESOLVER.RST.SenderNotAuthenticatedForMailbox; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this mailbox")
	errMailUserWantsInsiders = refusal(5, 7, 136, "RESOLVER.RST.SenderNotAuthenticatedForMailUser; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this mail user") // assumed, after the others
	errContactWantsInsiders  = refusal(5, 7, 12, "RESOLVER.RST.SenderNotAuthenticated; authentication required")                                                                                                                        // assumed
	errM365WantsInsiders     = refusal(5, 7, 193, "UnifiedGroupAgent; Delivery failed because the sender isn't a group member or external senders aren't permitted to send to this group.")
	errNotAllowed            = refusal(5, 7, 124, "RESOLVER.RST.NotAuthorizedToGroup; Sender not in allowed-senders list") // assumed, after the article's title
	errRejected              = refusal(5, 7, 1, "RESOLVER.RST.NotAuthorized; not authorized")
)

func refusal(class, subject, detail int, text string) *gosmtp.SMTPError {
	return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{class, subject, detail}, Message: text}
}
