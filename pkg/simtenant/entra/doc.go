// Package entra is the sign-in face of the simulated tenant: the part of
// Microsoft Entra ID that an application without a user needs.
//
// [New] makes a [Service] from the tenant's ids and its applications.
// [Service.Handler] serves the OpenID configuration, the signing keys, instance
// discovery and the token endpoint; [Service.Authenticate] is what the Graph and
// Exchange faces call for every request to learn who is calling.
//
// Credentials are really verified: a client secret is compared, a certificate
// assertion must be signed by a certificate of the application, a federated
// token must match one of the application's federated credentials. Refusals
// carry the service's AADSTS code and JSON form (Microsoft Learn,
// "Microsoft Entra authentication and authorization error codes"; texts as seen
// in public captures up to 2026).
package entra
