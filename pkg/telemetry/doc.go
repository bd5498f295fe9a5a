// Package telemetry tells a collector how a run goes, as OpenTelemetry traces
// and metrics over OTLP.
//
// It is off unless the standard variables name a collector
// (OTEL_EXPORTER_OTLP_ENDPOINT, or its kin for traces or metrics alone), and
// follows the others (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).
// A collector that can't be reached costs a warning, never a run or its speed.
//
// What is sent holds nobody's name or address and no secret: rows go by their
// line, requests by their command or by their path without ids.
//
// All types work as nil, which tells nobody.
package telemetry
