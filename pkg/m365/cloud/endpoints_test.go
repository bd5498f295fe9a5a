package cloud

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEndpointsOf(t *testing.T) {
	tests := []struct {
		name string
		want Endpoints
	}{
		{"", Endpoints{
			Name: "global", Authority: "https://login.microsoftonline.com",
			Graph:    API{"https://graph.microsoft.com", "https://graph.microsoft.com/.default"},
			Exchange: API{"https://outlook.office365.com", "https://outlook.office365.com/.default"},
		}},
		{"USGov", Endpoints{
			Name: "usgov", Authority: "https://login.microsoftonline.us",
			Graph:    API{"https://graph.microsoft.us", "https://graph.microsoft.us/.default"},
			Exchange: API{"https://outlook.office365.us", "https://outlook.office365.us/.default"},
		}},
		{"usgovdod", Endpoints{
			Name: "usgovdod", Authority: "https://login.microsoftonline.us",
			Graph:    API{"https://dod-graph.microsoft.us", "https://dod-graph.microsoft.us/.default"},
			Exchange: API{"https://outlook-dod.office365.us", "https://outlook-dod.office365.us/.default"},
		}},
		{"china", Endpoints{
			Name: "china", Authority: "https://login.chinacloudapi.cn",
			Graph:    API{"https://microsoftgraph.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn/.default"},
			Exchange: API{"https://outlook.office365.cn", "https://partner.outlook.cn/.default"},
		}},
	}
	for _, tt := range tests {
		got, err := EndpointsOf(tt.name)
		if err != nil {
			t.Errorf("EndpointsOf(%q): %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("EndpointsOf(%q) (-want +got):\n%s", tt.name, diff)
		}
	}
	for _, name := range []string{"custom", "germany"} {
		if _, err := EndpointsOf(name); err == nil {
			t.Errorf("EndpointsOf(%q): no error", name)
		}
	}
}

func TestCustomEndpointsKeepTheAudiences(t *testing.T) {
	got, err := CustomEndpoints("https://127.0.0.1:8443/")
	if err != nil {
		t.Fatal(err)
	}
	want := Endpoints{
		Name: "custom", Authority: "https://127.0.0.1:8443",
		Graph:    API{"https://127.0.0.1:8443", "https://graph.microsoft.com/.default"},
		Exchange: API{"https://127.0.0.1:8443", "https://outlook.office365.com/.default"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, bad := range []string{"", "127.0.0.1:8443", "http://127.0.0.1:8443", "https://host/path", "https://user:pw@host", "https://host?x=1", "://"} {
		if _, err := CustomEndpoints(bad); err == nil {
			t.Errorf("CustomEndpoints(%q): no error", bad)
		}
	}
}

func TestAuthorityHost(t *testing.T) {
	const global, usgov = "https://login.microsoftonline.com", "https://login.microsoftonline.us"
	tests := []struct {
		cloud, host, want, wantErr string
	}{
		{Global, "", global, ""},
		{Global, "https://login.windows.net/", "https://login.windows.net", ""},
		{Global, "https://sign-in.corp.example", "https://sign-in.corp.example", ""},
		{USGovDoD, usgov + "/", usgov, ""},
		{Global, usgov, "", "choose --cloud usgov"},
		{China, global, "", "unset AZURE_AUTHORITY_HOST"},
		{Global, "login.microsoftonline.com", "", "must be an https URL"},
		{Global, "http://login.microsoftonline.com", "", "must be an https URL"},
	}
	for _, tt := range tests {
		e, err := EndpointsOf(tt.cloud)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.authority(tt.host)
		if got != tt.want {
			t.Errorf("%s with AZURE_AUTHORITY_HOST=%q: got %q, want %q", tt.cloud, tt.host, got, tt.want)
		}
		if (err != nil) != (tt.wantErr != "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
			t.Errorf("%s with AZURE_AUTHORITY_HOST=%q: error %v, want %q", tt.cloud, tt.host, err, tt.wantErr)
		}
	}
}

func TestCustomCloudSignsInAtItself(t *testing.T) {
	e, err := CustomEndpoints("https://127.0.0.1:8443")
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.authority("https://login.microsoftonline.com/")
	if err != nil || got != "https://127.0.0.1:8443" {
		t.Errorf("got %q, %v: a secret of a test server would go to the real one", got, err)
	}
}
