package graph

import (
	"fmt"
	"net/http"
)

// apiError is a refusal in the form of the service.
type apiError struct {
	Status  int
	Code    string
	Message string
	// Header is sent along; may be nil.
	Header http.Header
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

func refuse(status int, code, format string, args ...any) *apiError {
	return &apiError{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// badRequest is the refusal of a request that the directory can't make sense of.
func badRequest(format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, "Request_BadRequest", format, args...)
}

// badSyntax is the refusal of a URL that isn't proper OData.
func badSyntax(format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, "BadRequest", format, args...)
}

// unsupportedQuery is the refusal of proper OData that the directory can't answer.
func unsupportedQuery(format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, "Request_UnsupportedQuery", format, args...)
}

func notFound(id string) *apiError {
	return refuse(http.StatusNotFound, "Request_ResourceNotFound",
		"Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}

func denied() *apiError {
	return refuse(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

func unknownSegment(segment string) *apiError {
	return badSyntax("Resource not found for the segment '%s'.", segment)
}

func methodNotAllowed() *apiError {
	return refuse(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
}

// notSimulated is no answer of the service: it says honestly that this tenant
// can't play the part.
func notSimulated(what string) *apiError {
	return refuse(http.StatusNotImplemented, "NotImplemented", "The simulated tenant does not support %s.", what)
}

// mailEnabledGroup is observed (microsoft-graph-docs#14827).
func mailEnabledGroup() *apiError {
	return badRequest("Cannot Update a mail-enabled security groups and or distribution list.")
}

func needsAdvancedQuery(operator string) *apiError {
	return unsupportedQuery("Operator '%s' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information", operator)
}

func unsupportedFilter(property, resource string) *apiError {
	return unsupportedQuery("Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", property, resource)
}
