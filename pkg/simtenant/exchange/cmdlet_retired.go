package exchange

import "net/http"

// retiredCmdlets still have their names and do no work any more.
func retiredCmdlets() []cmdlet {
	return []cmdlet{{
		name: "Get-MessageTrace", roles: readers,
		run: func(*call) *cmdletError {
			return &cmdletError{status: http.StatusBadRequest, typ: tasks + "ValidationException",
				text: "Get-MessageTrace will start deprecating on September 1st, 2025. Please use Get-MessageTraceV2 instead."}
		},
	}}
}
