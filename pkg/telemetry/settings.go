package telemetry

import (
	"fmt"
	"net/url"
	"os"
	"strings"
)

// signal is one of the two kinds of telemetry, as variables name it.
type signal string

const (
	traces  signal = "TRACES"
	metrics signal = "METRICS"
)

// The variables that enlist looks at by itself; the rest is for the SDK.
const (
	disabledVariable = "OTEL_SDK_DISABLED"
	samplerVariable  = "OTEL_TRACES_SAMPLER"
)

// wanted reports whether the signal is to be sent. An error says why it can't
// be, without a value that may hold a secret.
func (s signal) wanted() (bool, error) {
	if strings.EqualFold(os.Getenv(disabledVariable), "true") {
		return false, nil
	}
	endpoint, from := s.setting("ENDPOINT")
	if endpoint == "" {
		return false, nil
	}
	exporter := "OTEL_" + string(s) + "_EXPORTER"
	switch kind := os.Getenv(exporter); kind {
	case "", "otlp":
	case "none":
		return false, nil
	default:
		return false, fmt.Errorf("%s is %q, but enlist has otlp and none only", exporter, kind)
	}
	if u, err := url.Parse(endpoint); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return false, fmt.Errorf("%s is not an http or https URL", from)
	}
	switch protocol, from := s.setting("PROTOCOL"); protocol {
	case "", "http/protobuf", "http/json":
		return true, nil
	default:
		return false, fmt.Errorf("%s is %q, but enlist speaks OTLP over HTTP only: set it to http/protobuf, and the endpoint to the collector's port for that (usually 4318)", from, protocol)
	}
}

// setting is an exporter's setting for the signal, or else for all signals, and
// the variable that it is from.
func (s signal) setting(name string) (value, from string) {
	own, common := "OTEL_EXPORTER_OTLP_"+string(s)+"_"+name, "OTEL_EXPORTER_OTLP_"+name
	if value = strings.TrimSpace(os.Getenv(own)); value != "" {
		return value, own
	}
	return strings.TrimSpace(os.Getenv(common)), common
}
