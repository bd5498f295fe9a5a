package fault_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/fault"
)

func TestDecode(t *testing.T) {
	got, err := fault.Decode(strings.NewReader(`[
		{"command":"New-MailContact","after":2,"next":3,"action":"status","status":429,"headers":{"Retry-After":"2"},"body":"busy"},
		{"path":"/v1.0/contacts","probability":0.1,"action":"slow","delay":"1.5s"}
	]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []fault.Fault{
		{
			Command: "New-MailContact", After: 2, Next: 3,
			Action: fault.Status, Status: 429, Headers: map[string]string{"Retry-After": "2"}, Body: "busy",
		},
		{Path: "/v1.0/contacts", Probability: 0.1, Action: fault.Slow, Delay: 1500 * time.Millisecond},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("faults (-want +got):\n%s", diff)
	}

	again, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	reread, err := fault.Decode(strings.NewReader(string(again)))
	if err != nil {
		t.Fatalf("what was written can't be read: %v\n%s", err, again)
	}
	if diff := cmp.Diff(want, reread); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"no list", `{"action":"garbage"}`, "not a JSON list"},
		{"unknown key", `[{"action":"garbage","comand":"x"}]`, `"comand"`},
		{"something after the list", `[] []`, "after the list"},
		{"unknown action", `[{"action":"garbage"},{"action":"explode"}]`, `fault 2: action "explode"`},
		{"no action", `[{}]`, `action "" is not known`},
		{"command and path", `[{"action":"garbage","command":"a","path":"/b"}]`, "not both"},
		{"negative", `[{"action":"garbage","next":-1}]`, "negative"},
		{"probability", `[{"action":"garbage","probability":1.5}]`, "between 0 and 1"},
		{"delay that is none", `[{"action":"slow","delay":"soon"}]`, `"soon" is not a duration`},
		{"slow without delay", `[{"action":"slow"}]`, "delay"},
		{"delay without slow", `[{"action":"garbage","delay":"1s"}]`, "delay"},
		{"status on a reset", `[{"action":"reset_before","status":500}]`, "mean nothing"},
		{"status out of range", `[{"action":"status","status":99}]`, "status 99"},
		{"connection with a path", `[{"action":"refuse_connection","path":"/v1.0"}]`, "aimed at connections"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := fault.Decode(strings.NewReader(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}
