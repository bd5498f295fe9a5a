package directory

import "github.com/google/uuid"

// The app that a tenant has when its seed names none. The secret is no secret:
// it only ever opens a simulated tenant.
const (
	DefaultClientID     = "5a1e57ab-0000-4000-8000-00000000c11e"
	DefaultClientSecret = "simulated-tenant-secret"
)

const defaultDomain = "contoso.onmicrosoft.com"

var defaultTenantID = uuid.MustParse("7e4a47c0-0000-4000-8000-000000c0a705")

// DefaultApp may do everything that the simulated tenant knows.
func DefaultApp() App {
	return App{
		ClientID: DefaultClientID,
		Name:     "enlist",
		Secret:   DefaultClientSecret,
		AppRoles: []string{
			"Exchange.ManageAsApp", "Exchange.ManageAsAppV2", "Directory.Read.All", "Group.Read.All",
			"GroupMember.ReadWrite.All", "Organization.Read.All", "OrgContact.Read.All",
			"User.Invite.All", "User.Read.All", "User.ReadWrite.All",
		},
		ExchangeRoles: []string{"Organization Management"},
	}
}

// DefaultSeed is a small invented company, always the same: a group of every
// kind and a recipient of every kind, so that each trouble can be met.
func DefaultSeed() *Seed {
	open := false
	return &Seed{
		Tenant: SeedTenant{
			ID:              defaultTenantID.String(),
			Domain:          defaultDomain,
			AcceptedDomains: []string{defaultDomain, "contoso.example"},
		},
		Apps: []App{DefaultApp()},
		Contacts: []SeedContact{
			{Name: "carla.costa@fabrikam.example", DisplayName: "Carla Costa", Email: "carla.costa@fabrikam.example",
				Attributes: map[string]string{"FirstName": "Carla", "LastName": "Costa", "Company": "Fabrikam"}},
			{Name: "Dieter Braun", DisplayName: "Dieter Braun", Email: "Dieter.Braun@northwind.example",
				ProxyAddresses: []string{"smtp:d.braun@northwind.example"}},
			{Name: "Old Supplier", DisplayName: "Old Supplier", Email: "sales@adatum.example"},
		},
		Users: []SeedUser{
			{Kind: "mailbox", DisplayName: "Ada Admin", Address: "ada@contoso.example", ProxyAddresses: []string{"smtp:ada@contoso.onmicrosoft.com"}},
			{Kind: "mailbox", DisplayName: "Bogdan Ionescu", Address: "bogdan@contoso.example"},
			{Kind: "mailbox", DisplayName: "Clara Weber", Address: "clara@contoso.example"},
			{Kind: "room", DisplayName: "Room Danube", Address: "room.danube@contoso.example"},
			{Kind: "guest", DisplayName: "Gita Guest", Address: "gita@wingtip.example"},
			{Kind: "mail_user", DisplayName: "Mihai User", Address: "mihai@litware.example"},
		},
		Groups: []SeedGroup{
			defaultGroup("distribution", "Partners", "partners@contoso.example", "carla.costa@fabrikam.example", "ada@contoso.example"),
			defaultGroup("distribution", "News", "news@contoso.example", "bogdan@contoso.example"),
			defaultGroup("distribution", "Suppliers", "suppliers@contoso.example", "sales@adatum.example"),
			defaultGroup("distribution", "Partners Germany", "partner-de@contoso.example", "d.braun@northwind.example"),
			defaultGroup("distribution", "Parteneri", "parteneri@contoso.example", "bogdan@contoso.example"),
			defaultGroup("distribution", "Anunțuri", "anunturi@contoso.example", "bogdan@contoso.example"),
			defaultGroup("security", "Project Access", "project-access@contoso.example", "clara@contoso.example"),
			{Kind: "dynamic", DisplayName: "All Staff", Address: "all-staff@contoso.example", Filter: "RecipientTypeDetails -eq 'UserMailbox'"},
			defaultGroup("microsoft365", "Project Team", "project-team@contoso.example", "clara@contoso.example", "gita@wingtip.example"),
			defaultGroup("room_list", "Bucharest Rooms", "bucharest-rooms@contoso.example", "room.danube@contoso.example"),
			{Kind: "distribution", DisplayName: "Head Office", Address: "head-office@contoso.example", Synced: true,
				Members: []string{"ada@contoso.example"}},
			{Kind: "distribution", DisplayName: "Open House", Address: "open-house@contoso.example",
				RequireSenderAuthentication: &open, ManagedBy: []string{"ada@contoso.example"}},
			{Kind: "distribution", Name: "Events20240516104448", DisplayName: "Events", Address: "events@contoso.example",
				ManagedBy: []string{"ada@contoso.example"}},
			{Kind: "distribution", Name: "Events20250112093011", DisplayName: "Events", Address: "events-2025@contoso.example",
				ManagedBy: []string{"ada@contoso.example"}},
		},
	}
}

func defaultGroup(kind, name, address string, members ...string) SeedGroup {
	return SeedGroup{Kind: kind, DisplayName: name, Address: address, Members: members,
		ManagedBy: []string{"ada@contoso.example"}}
}
