package cloud

// refusal is what a person needs to know about one of Entra's error codes.
type refusal struct {
	message, nextStep string
	temporary         bool
}

// refusals covers the codes that an app meets when it signs in by itself. Meanings:
// learn.microsoft.com/entra/identity-platform/reference-error-codes.
var refusals = map[string]refusal{
	"AADSTS7000215": {
		message:  "The client secret is wrong.",
		nextStep: "Set AZURE_CLIENT_SECRET to the secret's value, not to its id; a lost value can't be shown again, so make a new secret under Certificates & secrets of the app registration.",
	},
	"AADSTS7000222": {
		message:  "The client secret has expired.",
		nextStep: "Make a new secret under Certificates & secrets of the app registration and set AZURE_CLIENT_SECRET to its value; better, use a certificate.",
	},
	"AADSTS700016": {
		message:  "The tenant does not know this app.",
		nextStep: "Check AZURE_CLIENT_ID and the tenant; an app of another organisation needs an administrator's consent first.",
	},
	"AADSTS7000229": {
		message:  "The app has no service principal in this tenant.",
		nextStep: "Let an administrator of the tenant grant consent to the app once.",
	},
	"AADSTS7000112": {
		message:  "The app is disabled.",
		nextStep: "Enable sign-in for it under Enterprise applications, or use another app.",
	},
	"AADSTS90002": {
		message:  "There is no such tenant in this cloud.",
		nextStep: "Check --tenant or AZURE_TENANT_ID, and --cloud.",
	},
	"AADSTS900023": {
		message:  "The tenant's name is neither an id nor a domain name.",
		nextStep: "Set --tenant or AZURE_TENANT_ID to the tenant's id (GUID) or its onmicrosoft.com name.",
	},
	"AADSTS900382": {
		message:  "The tenant lives in another cloud than the one that was asked.",
		nextStep: "Choose it with --cloud.",
	},
	"AADSTS700027": {
		message:  "The certificate is not accepted: it is not registered for this app, or has expired.",
		nextStep: "Upload its public part under Certificates & secrets of the app registration, and check that AZURE_CLIENT_ID is that app.",
	},
	"AADSTS700024": {
		message:  "The signed assertion is not valid at this time.",
		nextStep: "Check this machine's clock; with a federated token, check that its file is still renewed.",
	},
	"AADSTS70021":  federation,
	"AADSTS700211": federation,
	"AADSTS700212": federation,
	"AADSTS700213": federation,
	"AADSTS500011": {
		message:  "The tenant has no service of the audience that was asked for.",
		nextStep: "Check --cloud; a tenant that has never had Exchange Online lacks its service principal.",
	},
	"AADSTS53003": {
		message:  "A Conditional Access policy blocks the sign-in.",
		nextStep: "Let an administrator look up the sign-in log and allow this app from where it runs.",
	},
	"AADSTS90033": {message: "The sign-in service is not available.", nextStep: "Try again later.", temporary: true},
	"AADSTS90055": {message: "The sign-in service is throttling requests.", nextStep: "Try again later.", temporary: true},
}

var federation = refusal{
	message:  "The federated token does not fit a federated credential of the app.",
	nextStep: "Compare issuer, subject and audience of the token with the app registration's federated credentials.",
}
