package config

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Schema gives a JSON Schema of the file (draft 7, which editors know), so that
// they can complete and check it.
func Schema(title string, keys []Key) ([]byte, error) {
	schema := object(keys)
	schema["$schema"] = "http://json-schema.org/draft-07/schema#"
	schema["title"] = title
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	err := out.Encode(schema)
	return b.Bytes(), err
}

// object is the shape of a mapping with these settings.
func object(keys []Key) map[string]any {
	properties := map[string]any{}
	for _, key := range keys {
		properties[key.Name] = key.schema()
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

// durationPattern is what time.ParseDuration takes, without a sign.
const durationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`

func (k Key) schema() map[string]any {
	text := map[string]any{"type": "string"}
	if len(k.Choices) > 0 {
		text["enum"] = k.Choices
	}
	shape := text
	switch k.Kind {
	case Number:
		shape = map[string]any{"type": "integer"}
	case Switch:
		shape = map[string]any{"type": "boolean"}
	case Duration:
		shape = map[string]any{"type": "string", "pattern": durationPattern}
	case Scalar:
		shape = map[string]any{"type": []string{"string", "number", "boolean"}}
	case List:
		shape = map[string]any{"oneOf": []any{text, map[string]any{"type": "array", "items": text}}}
	case Mapping:
		shape = map[string]any{"type": "object", "additionalProperties": text}
	case Entries:
		entry := object(k.Entry)
		entry["required"] = []string{k.Entry[0].Name}
		shape = map[string]any{"type": "array", "items": entry}
	}
	shape["description"] = k.Usage
	if k.Default != "" {
		shape["default"] = k.defaultValue()
	}
	return shape
}

// defaultValue is the default in its JSON type.
func (k Key) defaultValue() any {
	switch k.Kind {
	case Number:
		if n, err := strconv.Atoi(k.Default); err == nil {
			return n
		}
	case Switch:
		return k.Default == "true"
	case List:
		return strings.Split(k.Default, ",")
	}
	return k.Default
}
