// Package odrl writes grants as W3C ODRL 2.2 agreements and reads policies from them. What it cannot read stays in the policy as a condition
// that nobody knows, so that every use is denied.
package odrl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Context and Profile name the vocabulary: ODRL's own words, and those of this profile with the prefix "hh:".
const (
	Context = "http://www.w3.org/ns/odrl.jsonld"
	Profile = "urn:hehuang:odrl:1"
)

// Agreement is a grant as an ODRL agreement with one permission.
type Agreement struct {
	Context    string       `json:"@context"`
	Type       string       `json:"@type"` // "Agreement"
	UID        string       `json:"uid"`
	Profile    string       `json:"profile"`
	Status     string       `json:"hh:status"` // as of the time of the export; it says nothing about later
	Permission []Permission `json:"permission"`
}

// Permission allows an action on a target under constraints, all of which must hold.
type Permission struct {
	Target     string       `json:"target"`
	Assigner   string       `json:"assigner"`
	Assignee   string       `json:"assignee"`
	Action     string       `json:"action"` // "use"
	Constraint []Constraint `json:"constraint"`
}

// Constraint compares what a use says with what was agreed.
type Constraint struct {
	LeftOperand  string `json:"leftOperand"`
	Operator     string `json:"operator"`
	RightOperand any    `json:"rightOperand"` // a list of strings, a string or an integer
	Unit         string `json:"unit,omitempty"`
}

const environment = "hh:environment"

// Export writes a grant with its status.
func Export(g registry.Grant, status registry.GrantStatus) Agreement {
	p := g.Policy
	list := []Constraint{
		{"hh:right", "eq", string(p.Right), ""},
		{"purpose", "isAnyOf", p.Purposes, ""},
		{"hh:scope", "isAnyOf", p.Scope, ""},
		{"hh:mode", "isAnyOf", p.Modes, ""},
		{"spatial", "isAnyOf", p.Spatial, ""},
		{"dateTime", "gteq", string(p.From), ""},
		{"dateTime", "lteq", string(p.To), ""},
		{"count", "lteq", p.Quota.Quantity, p.Quota.Unit},
	}
	for _, c := range p.Conditions {
		name := c.Name
		if name == registry.ConditionEnvironment {
			name = environment
		}
		list = append(list, Constraint{name, "eq", c.Value, ""})
	}
	return Agreement{Context: Context, Type: "Agreement", UID: "urn:hehuang:grant:" + string(g.ID), Profile: Profile, Status: string(status), Permission: []Permission{{
		Target: "urn:hehuang:asset:" + string(g.Asset), Assigner: "urn:hehuang:party:" + string(g.Grantor), Assignee: "urn:hehuang:party:" + string(g.Grantee), Action: "use", Constraint: list}}}
}

// ErrNotOurs: not an agreement of this profile with one permission to use; nothing may be done under it.
var ErrNotOurs = errors.New("no agreement of this profile")

// Policy reads the policy of an agreement. A constraint that it does not know, or that comes twice, becomes a condition of which
// registry.Judge knows nothing; one that is missing leaves nothing allowed.
func Policy(document []byte) (registry.Policy, error) {
	var a Agreement
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&a); err != nil {
		return registry.Policy{}, fmt.Errorf("odrl: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return registry.Policy{}, errors.New("odrl: more than one document")
	}
	if a.Context != Context || a.Type != "Agreement" || a.Profile != Profile || len(a.Permission) != 1 || a.Permission[0].Action != "use" {
		return registry.Policy{}, fmt.Errorf("odrl: %w", ErrNotOurs)
	}
	var p registry.Policy
	var seen []string
	for _, c := range a.Permission[0].Constraint {
		name := c.LeftOperand + " " + c.Operator
		if slices.Contains(seen, name) || !read(&p, c) {
			p.Conditions = append(p.Conditions, registry.Condition{Name: "odrl " + name, Value: fmt.Sprint(c.RightOperand)})
		}
		seen = append(seen, name)
	}
	return p, nil
}

// read takes a constraint over into a policy; false if it does not know it.
func read(p *registry.Policy, c Constraint) bool {
	text, isText := c.RightOperand.(string)
	list, isList := texts(c.RightOperand)
	name := c.LeftOperand + " " + c.Operator
	if c.Unit != "" && name != "count lteq" {
		return false
	}
	switch name {
	case "hh:right eq":
		p.Right = registry.Right(text)
	case "dateTime gteq":
		p.From = registry.Date(text)
	case "dateTime lteq":
		p.To = registry.Date(text)
	case environment + " eq":
		if isText {
			p.Conditions = append(p.Conditions, registry.Condition{Name: registry.ConditionEnvironment, Value: text})
		}
	case "purpose isAnyOf":
		p.Purposes, isText = list, isList
	case "hh:scope isAnyOf":
		p.Scope, isText = list, isList
	case "hh:mode isAnyOf":
		p.Modes, isText = list, isList
	case "spatial isAnyOf":
		p.Spatial, isText = list, isList
	case "count lteq":
		n, ok := c.RightOperand.(json.Number)
		quantity, err := n.Int64()
		if !ok || err != nil {
			return false
		}
		p.Quota, isText = registry.Quota{Unit: c.Unit, Quantity: quantity}, true
	default:
		return false
	}
	return isText
}

func texts(v any) (list []string, ok bool) {
	all, ok := v.([]any)
	for _, x := range all {
		s, isText := x.(string)
		if !isText {
			return nil, false
		}
		list = append(list, s)
	}
	return list, ok
}
