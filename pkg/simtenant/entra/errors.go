package entra

import (
	"fmt"
	"net/http"
	"time"
)

// oauthError is a refusal of the sign-in service.
type oauthError struct {
	Status  int    // HTTP status
	OAuth   string // the error of RFC 6749, for example "invalid_client"
	Code    int    // the number after AADSTS
	Message string // without the code and without the trace lines
}

func (e *oauthError) Error() string {
	return fmt.Sprintf("%s: AADSTS%d: %s", e.OAuth, e.Code, e.Message)
}

const assertionHelp = "Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials ."

func badRequest(oauth string, code int, format string, args ...any) *oauthError {
	return &oauthError{Status: http.StatusBadRequest, OAuth: oauth, Code: code, Message: fmt.Sprintf(format, args...)}
}

func unauthorized(code int, format string, args ...any) *oauthError {
	return &oauthError{Status: http.StatusUnauthorized, OAuth: "invalid_client", Code: code, Message: fmt.Sprintf(format, args...)}
}

func unknownTenant(oauth, tenant string) *oauthError {
	return badRequest(oauth, 90002, "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", tenant)
}

func noTenant() *oauthError {
	return badRequest("invalid_request", 50059, "No tenant-identifying information found in either the request or implied by any provided credentials.")
}

func missingParameter(name string) *oauthError {
	return badRequest("invalid_request", 900144, "The request body must contain the following parameter: '%s'.", name)
}

func unsupportedGrant(grant string) *oauthError {
	return badRequest("unsupported_grant_type", 70003, "The app requested an unsupported grant type '%s'.", grant)
}

func invalidScope(scope string) *oauthError {
	return badRequest("invalid_scope", 1002012, "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", scope)
}

func unknownResource(name, organisation string) *oauthError {
	return badRequest("invalid_resource", 500011, "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.", name, organisation)
}

func unknownApp(clientID, organisation string) *oauthError {
	return badRequest("unauthorized_client", 700016, "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", clientID, organisation)
}

func noCredential() *oauthError {
	return unauthorized(7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.")
}

func wrongSecret(clientID string) *oauthError {
	return unauthorized(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", clientID)
}

func expiredSecret(clientID string) *oauthError {
	return unauthorized(7000222, "The provided client secret keys for app '%s' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.", clientID)
}

func malformedAssertion() *oauthError {
	return badRequest("invalid_request", 50027, "JWT token is invalid or malformed.")
}

func unsupportedAlgorithm(alg string) *oauthError {
	return badRequest("invalid_request", 5002738, "Invalid JWT token. '%s' is not a supported signature algorithm. Supported signing algorithms are: 'RS256,RS384,RS512,PS256'", alg)
}

func noThumbprint() *oauthError {
	return badRequest("invalid_request", 5002723, "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.")
}

func missingClaim(name string) *oauthError {
	return badRequest("invalid_request", 90014, "The required field '%s' is missing from the credential. Ensure that you have all the necessary parameters for the login request.", name)
}

func otherIdentifier() *oauthError {
	return unauthorized(700021, "Client assertion application identifier doesn't match 'client_id' parameter. "+assertionHelp)
}

func wrongAssertionAudience() *oauthError {
	return unauthorized(700023, "Client assertion audience claim does not match Realm issuer. "+assertionHelp)
}

func outsideTimeRange(now, from, until time.Time) *oauthError {
	const layout = "2006-01-02T15:04:05.0000000Z"
	return unauthorized(700024, "Client assertion is not within its valid time range. Current time: %s, assertion valid from %s, expiry time of assertion %s. %s",
		now.UTC().Format(layout), from.UTC().Format(layout), until.UTC().Format(layout), assertionHelp)
}

func keyNotFound(clientID, thumbprint string) *oauthError {
	return unauthorized(700027, "Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key used by client: '%s', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '%s'.]", thumbprint, clientID)
}

func badSignature(clientID, thumbprint string) *oauthError {
	return unauthorized(700027, "Client assertion contains an invalid signature. [Reason - The key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '%s', app Id '%s'.]", thumbprint, clientID)
}

func expiredKey(thumbprint string, from, until time.Time) *oauthError {
	const layout = "01/02/2006 15:04:05"
	return unauthorized(700027, "Client assertion contains an invalid signature. [Reason - The key used is expired., Thumbprint of key used by client: '%s', Found key 'Start=%s, End=%s']",
		thumbprint, from.UTC().Format(layout), until.UTC().Format(layout))
}

// noFederatedRecord says which part of the presented token matches no federated
// credential: 700211 the issuer, 700213 the subject, 700212 the audience.
func noFederatedRecord(code int, part, value string) *oauthError {
	return unauthorized(code, "No matching federated identity record found for presented assertion %s '%s'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation", part, value)
}

func unknownInstance() *oauthError {
	return badRequest("invalid_instance", 50049, "Unknown or invalid instance.")
}
