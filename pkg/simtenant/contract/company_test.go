package contract_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
	"time"

	"enlist/pkg/simtenant/directory"
)

// The apps of the company under test. All have the same secret.
const (
	admin      = directory.DefaultClientID
	nobody     = "00000000-0000-4000-8000-00000000a001" // no permission
	roleless   = "00000000-0000-4000-8000-00000000a002" // the permission, but no role
	newStyle   = "00000000-0000-4000-8000-00000000a003" // Exchange.ManageAsAppV2
	lookAlike  = "00000000-0000-4000-8000-00000000a004" // Exchange.AdminAPI.ManageAsApp
	recipients = "00000000-0000-4000-8000-00000000a005" // Recipient Management
	creator    = "00000000-0000-4000-8000-00000000a006" // Mail Recipient Creation
	viewer     = "00000000-0000-4000-8000-00000000a007" // View-Only Recipients
	reader     = "00000000-0000-4000-8000-00000000a008" // Global Reader
	importer   = "00000000-0000-4000-8000-00000000a009" // the custom role group for such a job
	groupAdmin = "00000000-0000-4000-8000-00000000a011" // Graph: all about groups
	authority  = "00000000-0000-4000-8000-00000000a012" // Graph: where the authority over groups is
	memberView = "00000000-0000-4000-8000-00000000a010" // Graph: members of groups, but not contacts
)

// pages is how many contacts proseware has: more than the largest page.
const pages = 1010

// seed is the default company with apps of every kind, with partners enough to
// fill pages, and with what mail can meet.
func seed() *directory.Seed {
	s := directory.DefaultSeed()
	s.Apps[0].Certificates = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: credential().der}))}
	s.Apps = append(s.Apps,
		app(nobody, nil),
		app(roleless, []string{"Exchange.ManageAsApp"}),
		app(newStyle, []string{"Exchange.ManageAsAppV2"}, "Organization Management"),
		app(lookAlike, []string{"Exchange.AdminAPI.ManageAsApp"}, "Organization Management"),
		app(recipients, []string{"Exchange.ManageAsApp"}, "Recipient Management"),
		app(creator, []string{"Exchange.ManageAsApp"}, "Mail Recipient Creation"),
		app(viewer, []string{"Exchange.ManageAsApp"}, "View-Only Recipients"),
		app(reader, []string{"Exchange.ManageAsApp"}, "Global Reader"),
		app(importer, []string{"Exchange.ManageAsApp"}, "Mail Recipient Creation", "Mail Recipients",
			"Distribution Groups", "Security Group Creation and Membership"),
		app(groupAdmin, []string{"Group.ReadWrite.All"}),
		app(memberView, []string{"GroupMember.Read.All"}),
		app(authority, []string{"Group-OnPremisesSyncBehavior.ReadWrite.All"}),
	)
	partners := make([]string, pages)
	for i := range pages {
		partners[i] = fmt.Sprintf("p%04d@proseware.example", i)
		s.Contacts = append(s.Contacts, directory.SeedContact{Name: partners[i], DisplayName: fmt.Sprintf("Partner %d", i), Email: partners[i]})
	}
	s.Contacts = append(s.Contacts,
		directory.SeedContact{Name: "Hidden", Email: "hidden@wingtip.example", Hidden: true},
		directory.SeedContact{Name: "Shy", Email: "shy@wingtip.example", ProxyAddresses: []string{"smtp:shy@contoso.example"}, RequireSenderAuthentication: true},
		directory.SeedContact{Name: "Synced", Email: "synced@wingtip.example", Synced: true},
	)
	s.Users = append(s.Users,
		directory.SeedUser{Kind: "mail_user", DisplayName: "Former", Address: "former@adatum.example", SoftDeleted: true},
		directory.SeedUser{Kind: "mail_user", DisplayName: "Closed User", Address: "closed.user@contoso.example", RequireSenderAuthentication: true},
		directory.SeedUser{Kind: "mailbox", DisplayName: "Closed Box", Address: "closed.box@contoso.example", RequireSenderAuthentication: true},
	)
	open := false
	s.Groups = append(s.Groups,
		directory.SeedGroup{Kind: "distribution", DisplayName: "Everybody", Address: "everybody@contoso.example", Members: append(partners, "hidden@wingtip.example"),
			ManagedBy: []string{"ada@contoso.example"}},
		directory.SeedGroup{Kind: "distribution", DisplayName: "Listed", Address: "listed@contoso.example", Members: []string{"ada@contoso.example"},
			RequireSenderAuthentication: &open, AllowedSenders: []string{"sales@adatum.example"}},
		directory.SeedGroup{Kind: "distribution", DisplayName: "Moderated", Address: "moderated@contoso.example", Members: []string{"bogdan@contoso.example"},
			RequireSenderAuthentication: &open, Moderated: true, ManagedBy: []string{"ada@contoso.example"}},
		directory.SeedGroup{Kind: "distribution", DisplayName: "Moved", Address: "moved@contoso.example", Members: []string{"ada@contoso.example"},
			Synced: true, CloudManaged: true, ManagedBy: []string{"ada@contoso.example"}},
		directory.SeedGroup{Kind: "distribution", DisplayName: "Silent", Address: "silent@contoso.example", Members: []string{"ada@contoso.example", "shy@wingtip.example"},
			RequireSenderAuthentication: &open, ReportToOriginator: &open},
	)
	return s
}

func app(id string, permissions []string, roles ...string) directory.App {
	return directory.App{ClientID: id, Secret: directory.DefaultClientSecret, AppRoles: permissions, ExchangeRoles: roles}
}

// certificate is a key and the self-signed certificate that an app registered.
type certificate struct {
	key *rsa.PrivateKey
	der []byte
}

// credential is the admin's, made once.
var credential = sync.OnceValue(func() certificate {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return certificate{key, der}
})
