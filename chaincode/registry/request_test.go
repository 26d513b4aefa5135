package registry

import (
	"errors"
	"slices"
	"testing"
)

// TestRequests_CoverEveryWrite: a function that people may call has its document type here.
func TestRequests_CoverEveryWrite(t *testing.T) {
	for _, row := range AccessTable {
		_, known := requests[row.Function]
		byService := slices.Contains([]string{"rule:Found", "account:Apply", "account:Enable", "registration:RecordDocuments", "supervision:Receive", "usage:Anchor"}, row.Function)
		if want := row.Writes && !byService; known != want {
			t.Errorf("%s: taken %t, want %t", row.Function, known, want)
		}
	}
	if listed := WrittenByPeople(); len(listed) != len(requests) {
		t.Errorf("%d of %d are functions of the contracts: %v", len(listed), len(requests), listed)
	}
}

func TestEncodeRequest(t *testing.T) {
	for name, c := range map[string]struct {
		function, document, want string
		code                     Code
	}{
		"sorted":           {"registration:Accept", ` {"key":"k", "application":"APP"} `, `{"application":"APP","key":"k"}`, ""},
		"zero_value_added": {"registration:Accept", `{"key":"k"}`, `{"application":"","key":"k"}`, ""},
		"unknown_field":    {"registration:Accept", `{"key":"k","applicant":"x"}`, "", CodeDocumentInvalid},
		"trailing_data":    {"registration:Accept", `{"key":"k"}{}`, "", CodeDocumentInvalid},
		"not_json":         {"registration:Accept", `key`, "", CodeDocumentInvalid},
		"unknown_function": {"registration:accept", `{}`, "", CodeFunctionUnknown},
		"service_s_own":    {"account:Enable", `{}`, "", CodeFunctionUnknown},
	} {
		got, err := EncodeRequest(c.function, []byte(c.document))
		var refusal *Refusal
		if errors.As(err, &refusal) != (c.code != "") || refusal != nil && refusal.Code != c.code || string(got) != c.want {
			t.Errorf("%s: %s %v", name, got, err)
		}
	}
}
