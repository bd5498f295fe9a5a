package intake

import (
	"fmt"
	"testing"
)

func TestDuplicates(t *testing.T) {
	const people = 50_000
	d := newDuplicates()
	d.begin("a.csv")
	for i := range people {
		if _, _, repeated := d.add(fmt.Sprintf("person%d@x.example", i), fmt.Sprintf("Person %d", i), i+1); repeated {
			t.Fatalf("person %d is taken for another one", i)
		}
	}
	for i := range people {
		name := fmt.Sprintf("PERSON %d", i)
		if i%2 == 1 {
			name = "Somebody else"
		}
		first, sameName, repeated := d.add(fmt.Sprintf("Person%d@X.example", i), name, people+i+1)
		if !repeated || first != i+1 || sameName != (i%2 == 0) {
			t.Fatalf("person %d: repeated %t of line %d, same name %t", i, repeated, first, sameName)
		}
	}
}
