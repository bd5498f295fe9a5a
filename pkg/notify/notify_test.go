package notify

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

var begun = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func goodNews() News {
	return News{
		Run: "20261123T020000Z-3f1a", Tenant: "contoso.onmicrosoft.com", Input: "partners.csv", Rows: 120,
		Verdicts: map[string]int{"changed": 20, "unchanged": 100, "failed": 0},
		Report:   "partners.csv.report/20261123T020000Z-3f1a", Started: begun, Ended: begun.Add(83 * time.Second),
	}
}

func badNews() News {
	n := goodNews()
	n.ExitCode = 3
	n.Input = "R&D <partners>.csv"
	n.Verdicts = map[string]int{"changed": 15, "unchanged": 100, "failed": 2, "invalid": 3}
	return n
}

func TestTitle(t *testing.T) {
	stopped := badNews()
	stopped.Problem = "The run was interrupted."
	early := goodNews()
	early.ExitCode, early.Problem = 130, "The run was interrupted."
	for _, tt := range []struct {
		news News
		want string
	}{
		{goodNews(), "enlist: all 120 rows are as wanted"},
		{badNews(), "enlist: 5 of 120 rows are not as wanted"},
		{stopped, "enlist stopped early: 5 of 120 rows are not as wanted"},
		{early, "enlist stopped early, after 120 rows"},
		{News{ExitCode: 6, Problem: "no credentials"}, "enlist could not run to its end"},
		{manyFiles(), "enlist: 8 of 120 rows are not as wanted"},
	} {
		if got := tt.news.Title(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// manyFiles are the news of runs over a dozen files, one of which was not done.
func manyFiles() News {
	n := News{ExitCode: 3, Input: "many", Rows: 120, Verdicts: map[string]int{"unchanged": 112, "failed": 8}, Started: begun, Ended: begun.Add(time.Minute)}
	for range 11 {
		n.Files = append(n.Files, File{Input: "<a>.csv", Run: "20261123T020000Z-3f1a", Rows: 10, Verdicts: map[string]int{"unchanged": 10}, Report: "out"})
	}
	n.Files = append(n.Files, File{Input: "z.csv", Problem: "It was not done."})
	return n
}

// A section of Slack's holds ten fields, and drops a message with more.
func TestEachOfManyFilesIsTold(t *testing.T) {
	told := 0
	for _, block := range slackMessage(manyFiles())["blocks"].([]object)[1:] {
		fields := block["fields"].([]object)
		told += len(fields)
		if len(fields) > 10 {
			t.Errorf("a section has %d fields", len(fields))
		}
	}
	if want := 4 + 12; told != want {
		t.Errorf("%d facts are told, want %d", told, want)
	}
	for _, want := range []string{"<a>.csv    10: 10 unchanged (run 20261123T020000Z-3f1a, exit code 0, report out)\n", "z.csv      It was not done.\n"} {
		if text := manyFiles().text(); !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
}

// received is what a server was sent.
type received struct {
	path, body, signature, kind, agent string
}

// server notes what it is sent, and answers as told.
type server struct {
	*httptest.Server
	mu  sync.Mutex
	got []received
}

func newServer(t *testing.T, status int) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got = append(s.got, received{r.URL.String(), string(body), r.Header.Get("Enlist-Signature"), r.Header.Get("Content-Type"), r.Header.Get("User-Agent")})
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

func newNotifier(t *testing.T, o Options) *Notifier {
	t.Helper()
	n, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPing(t *testing.T) {
	s := newServer(t, http.StatusOK)
	n := newNotifier(t, Options{Ping: s.URL + "/uuid?create=1"})
	ctx := t.Context()
	for _, err := range []error{n.Started(ctx), n.Ended(ctx, goodNews()), n.Ended(ctx, badNews())} {
		if err != nil {
			t.Error(err)
		}
	}
	var paths []string
	for _, r := range s.got {
		paths = append(paths, r.path)
	}
	if diff := cmp.Diff([]string{"/uuid/start?create=1", "/uuid?create=1", "/uuid/fail?create=1"}, paths); diff != "" {
		t.Errorf("pings (-want +got):\n%s", diff)
	}
	if want := "Rows       120: 2 failed, 3 invalid, 15 changed, 100 unchanged\n"; !strings.Contains(s.got[2].body, want) {
		t.Errorf("%q is not in:\n%s", want, s.got[2].body)
	}
}

func TestWebhook(t *testing.T) {
	for _, form := range Forms() {
		t.Run(form, func(t *testing.T) {
			s := newServer(t, http.StatusAccepted)
			n := newNotifier(t, Options{Webhook: s.URL + "/hook", Form: form, Secret: "key", Agent: "enlist/test"})
			if err := n.Ended(t.Context(), badNews()); err != nil {
				t.Fatal(err)
			}
			got := s.got[0]
			mac := hmac.New(sha256.New, []byte("key"))
			mac.Write([]byte(got.body))
			want := received{"/hook", got.body, "sha256=" + hex.EncodeToString(mac.Sum(nil)), "application/json", "enlist/test"}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(received{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			compareGolden(t, form+".json", got.body)
		})
	}
}

func compareGolden(t *testing.T, name, body string) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(body+"\n"), "", "  "); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestGoodNewsAreToldOnlyIfWanted(t *testing.T) {
	for _, always := range []bool{false, true} {
		s := newServer(t, http.StatusOK)
		if err := newNotifier(t, Options{Webhook: s.URL, Always: always}).Ended(t.Context(), goodNews()); err != nil {
			t.Error(err)
		}
		if told := len(s.got) == 1; told != always {
			t.Errorf("always = %v: told = %v", always, told)
		}
	}
}

func TestErrorsDontRepeatTheURL(t *testing.T) {
	refusing, gone := newServer(t, http.StatusForbidden), newServer(t, http.StatusOK)
	gone.Close()
	for _, s := range []*server{refusing, gone} {
		n := newNotifier(t, Options{Webhook: s.URL + "/hunter2"})
		_, err := n.postOnce(t.Context(), n.webhook, nil, nil)
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.HasPrefix(err.Error(), "127.0.0.1:") {
			t.Errorf("got %v", err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		options Options
		want    string
	}{
		{Options{Webhook: "hunter2"}, "the webhook is not an http"},
		{Options{Ping: "ftp://hunter2"}, "the healthcheck is not an http"},
		{Options{SMTP: "mail.example:25"}, "e-mail takes"},
		{Options{Graph: noGraph}, "e-mail takes"},
		{Options{Graph: noGraph, SMTP: "mail.example:25", From: "a@b.example", To: []string{"c@d.example"}}, "not both"},
		{Options{SMTP: "mail.example", From: "a@b.example", To: []string{"c@d.example"}}, "HOST:PORT"},
		{Options{SMTP: "mail.example:25", From: "a@b.example", To: []string{"nobody"}}, `"nobody" is not`},
	} {
		if _, err := New(tt.options); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", tt.options, err)
		}
	}
}

// answers is a server that gives one status after the other.
type answers struct {
	statuses []int
	asked    int
}

func (a *answers) RoundTrip(*http.Request) (*http.Response, error) {
	a.asked++
	status := a.statuses[0]
	a.statuses = a.statuses[1:]
	if status == 0 {
		return nil, errors.New("connection reset")
	}
	return &http.Response{StatusCode: status, Body: http.NoBody}, nil
}

func TestBusyServersAreAskedAgain(t *testing.T) {
	for _, tt := range []struct {
		statuses []int
		asked    int
		took     time.Duration
		ok       bool
	}{
		{[]int{503, 0, 200}, 3, 6 * time.Second, true},
		{[]int{429, 200}, 2, 2 * time.Second, true},
		{[]int{500, 500, 500, 200}, 3, 6 * time.Second, false},
		{[]int{404, 200}, 1, 0, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := newNotifier(t, Options{Webhook: "https://hook.example"})
			server := &answers{statuses: tt.statuses}
			n.client.Transport = server
			begin := time.Now()
			err := n.Ended(t.Context(), badNews())
			if (err == nil) != tt.ok || server.asked != tt.asked || time.Since(begin) != tt.took {
				t.Errorf("%v: asked %d times in %v: %v", tt.statuses, server.asked, time.Since(begin), err)
			}
		})
	}
}
