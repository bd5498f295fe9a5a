package simtenant

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"enlist/pkg/simtenant/directory"
)

// Size is how large an organisation to generate.
type Size struct {
	Contacts int
	Groups   int
	// Members is how many memberships there are in all, spread evenly over the groups.
	Members int
}

var (
	firstNames = []string{"Ana", "Björn", "Chloé", "Dragoș", "Elif", "François", "Grace", "Hiro", "Ioana", "Jürgen", "Kateřina", "Luís", "Mihai", "Nuria", "Ştefan", "Zoë"}
	lastNames  = []string{"Andersson", "Brown", "Constantinescu", "Dupont", "Eriksen", "Fernández", "García", "Huber", "Ionescu", "Jansen", "Kovács", "Łukasik", "Müller", "Nagy", "Popescu", "Țurcanu"}
	companies  = []string{"Adatum", "Fabrikam", "Litware", "Northwind", "Proseware", "Tailspin", "Trey Research", "Wingtip"}
)

// Generate invents an organisation of the given size: mail contacts of partner
// companies in closed distribution groups. The same size and number always give
// the same organisation.
func Generate(size Size, randomSeed uint64) (*directory.Seed, error) {
	switch {
	case size.Contacts < 0 || size.Groups < 0 || size.Members < 0:
		return nil, errors.New("the size of an organisation can't be negative")
	case size.Members > size.Contacts*size.Groups:
		return nil, fmt.Errorf("%d groups with %d contacts have room for %d memberships, not %d",
			size.Groups, size.Contacts, size.Contacts*size.Groups, size.Members)
	}
	random := rand.New(rand.NewPCG(randomSeed, 0))
	company := directory.DefaultSeed()
	domain := company.Tenant.AcceptedDomains[len(company.Tenant.AcceptedDomains)-1]
	seed := &directory.Seed{
		Tenant:   company.Tenant,
		Contacts: make([]directory.SeedContact, size.Contacts),
		Users:    company.Users[:1], // somebody has to own the groups
		Groups:   make([]directory.SeedGroup, size.Groups),
	}
	for i := range seed.Contacts {
		seed.Contacts[i] = inventContact(i+1, random)
	}
	for i := range seed.Groups {
		share := size.Members / size.Groups
		if i < size.Members%size.Groups {
			share++
		}
		seed.Groups[i] = directory.SeedGroup{
			Kind:        directory.Distribution.String(),
			Name:        fmt.Sprintf("partners-%05d", i+1),
			DisplayName: fmt.Sprintf("Partners %d", i+1),
			Address:     fmt.Sprintf("partners-%05d@%s", i+1, domain),
			Members:     pick(seed.Contacts, share, random),
			ManagedBy:   []string{seed.Users[0].Address},
		}
	}
	return seed, nil
}

// inventContact makes the nth contact. People share names, as they do; addresses differ.
func inventContact(n int, random *rand.Rand) directory.SeedContact {
	first := firstNames[random.IntN(len(firstNames))]
	last := lastNames[random.IntN(len(lastNames))]
	company := companies[random.IntN(len(companies))]
	email := fmt.Sprintf("contact%07d@%s.example", n, strings.ToLower(strings.ReplaceAll(company, " ", "")))
	return directory.SeedContact{
		Name:        email,
		DisplayName: first + " " + last,
		Email:       email,
		Attributes:  map[string]string{"FirstName": first, "LastName": last, "Company": company},
	}
}

// pick draws n different contacts in random order: it walks through all of them
// in steps that share no divisor with their number, from a random place.
func pick(contacts []directory.SeedContact, n int, random *rand.Rand) []string {
	members := make([]string, n)
	if n == 0 {
		return members
	}
	step := 1 + random.IntN(len(contacts))
	for gcd(step, len(contacts)) != 1 {
		step++
	}
	at := random.IntN(len(contacts))
	for i := range members {
		members[i] = contacts[at].Email
		at = (at + step) % len(contacts)
	}
	return members
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
