package exchange

import "strings"

// The management roles that the cmdlets of this face belong to.
const (
	roleCreation       = "Mail Recipient Creation"
	roleRecipients     = "Mail Recipients"
	roleGroups         = "Distribution Groups"
	roleSecurityGroups = "Security Group Creation and Membership"
	roleViewRecipients = "View-Only Recipients"
	roleViewConfig     = "View-Only Configuration"
)

var viewRoles = []string{roleViewRecipients, roleViewConfig}

var recipientManagement = append([]string{roleCreation, roleRecipients, roleGroups}, viewRoles...)

var everything = append([]string{roleSecurityGroups}, recipientManagement...)

// roleGroups lists the roles in each role group, and in each Entra directory
// role that stands for one. Source: "Permissions in Exchange Online"; Recipient
// Management does not hold Security Group Creation and Membership. What Exchange
// Recipient Administrator holds is assumed to be the same.
var roleGroupMembers = map[string][]string{
	"organization management":           everything,
	"exchange administrator":            everything,
	"global administrator":              everything,
	"recipient management":              recipientManagement,
	"exchange recipient administrator":  recipientManagement,
	"view-only organization management": viewRoles,
	"global reader":                     viewRoles,
	"security reader":                   viewRoles,
}

// rights is the set of management roles that an app has.
type rights map[string]bool

// rightsOf resolves roles, role groups and directory roles. Names that this
// face does not know are roles for cmdlets that it does not have.
func rightsOf(names []string) rights {
	have := rights{}
	for _, name := range names {
		if group, ok := roleGroupMembers[strings.ToLower(name)]; ok {
			for _, role := range group {
				have[strings.ToLower(role)] = true
			}
			continue
		}
		have[strings.ToLower(name)] = true
	}
	return have
}

func (have rights) any(roles ...string) bool {
	for _, role := range roles {
		if have[strings.ToLower(role)] {
			return true
		}
	}
	return false
}
