package directory_test

import (
	"fmt"
	"time"

	"enlist/pkg/simtenant/directory"
)

// A contact is made through one domain controller. Its address is taken at
// once, and another controller finds it after the replication delay.
func Example() {
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	dir, err := directory.Open(directory.Options{
		Now:              func() time.Time { return now },
		ReplicationDelay: 10 * time.Second,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ana := directory.Object{Kind: directory.Contact, Name: "Ana Pop", Address: "ana@fabrikam.example", External: "ana@fabrikam.example"}
	if _, err := dir.Exchange(0).Create(ana); err != nil {
		fmt.Println(err)
		return
	}
	other := dir.Exchange(1)
	fmt.Println("found at once:", len(other.ByAddress("ana@fabrikam.example")))
	ana.Name = "Another Ana"
	_, err = other.Create(ana)
	fmt.Println(err)
	now = now.Add(10 * time.Second)
	fmt.Println("found later:", len(other.ByAddress("ana@fabrikam.example")))
	// Output:
	// found at once: 0
	// directory: EmailAddresses "SMTP:ana@fabrikam.example" is taken by contact "Ana Pop"
	// found later: 1
}
