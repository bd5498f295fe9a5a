package textfile

import (
	"maps"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
)

const successName = "enlist_last_success_timestamp_seconds"

// metrics are the runs as Prometheus takes them. All are gauges: each file tells
// of the last run only.
func metrics(runs []Run, former map[job]float64) []*dto.MetricFamily {
	ended := gauge("enlist_last_run_timestamp_seconds", "When the last run ended.")
	success := gauge(successName, "When a run last ended with every row as wanted.")
	duration := gauge("enlist_last_run_duration_seconds", "How long the last run took.")
	code := gauge("enlist_last_run_exit_code", "The exit code of the last run; 0 is good.")
	rows := gauge("enlist_last_run_rows", "Rows of the last run, by verdict.")
	requests := gauge("enlist_last_run_requests", "Requests to the tenant in the last run.")
	throttled := gauge("enlist_last_run_throttled_requests", "Requests of the last run that the tenant answered by asking to slow down.")
	commands := gauge("enlist_last_run_commands", "Commands to Exchange Online in the last run.")
	opened := gauge("enlist_last_run_groups_opened", "Groups that the last run opened to mail from outside.")
	for _, r := range runs {
		of := []*dto.LabelPair{label("source", r.Source), label("tenant", r.Tenant)}
		add(ended, seconds(r.Ended), of...)
		if r.ExitCode == 0 {
			add(success, seconds(r.Ended), of...)
		} else if when, ok := former[job{r.Tenant, r.Source}]; ok {
			add(success, when, of...)
		}
		add(duration, r.Ended.Sub(r.Started).Seconds(), of...)
		add(code, float64(r.ExitCode), of...)
		if r.Done == nil {
			continue
		}
		addEach(rows, r.Done.Rows, "verdict", of)
		addEach(commands, r.Done.Commands, "command", of)
		add(requests, float64(r.Done.Requests), of...)
		add(throttled, float64(r.Done.Throttled), of...)
		add(opened, float64(r.Done.Opened), of...)
	}
	return []*dto.MetricFamily{ended, success, duration, code, rows, requests, throttled, commands, opened}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func gauge(name, help string) *dto.MetricFamily {
	return &dto.MetricFamily{Name: &name, Help: &help, Type: dto.MetricType_GAUGE.Enum()}
}

func label(name, value string) *dto.LabelPair { return &dto.LabelPair{Name: &name, Value: &value} }

func add(family *dto.MetricFamily, value float64, labels ...*dto.LabelPair) {
	family.Metric = append(family.Metric, &dto.Metric{Label: labels, Gauge: &dto.Gauge{Value: &value}})
}

// addEach adds a value for each key, told apart by one more label.
func addEach(family *dto.MetricFamily, values map[string]int, by string, of []*dto.LabelPair) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		add(family, float64(values[key]), append([]*dto.LabelPair{label(by, key)}, of...)...)
	}
}
