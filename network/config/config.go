// Package config holds the templates from which a network's configuration is rendered, reviewed and complete.
package config

import (
	"bytes"
	"embed"
	"fmt"
	"text/template"
)

//go:embed *.yaml
var files embed.FS

// Topology is the default topology: everything on one machine.
func Topology() []byte {
	body, err := files.ReadFile("topology.yaml")
	if err != nil {
		panic(err) // embedded: its absence is a build defect
	}
	return body
}

// Render fills in one of the templates: core.yaml, orderer.yaml, configtx.yaml or ca.yaml.
func Render(name string, values any) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").ParseFS(files, name)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, values); err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	return out.Bytes(), nil
}
