package desk

import (
	"slices"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// PublicStatuses are the statuses in which a case has been made public (公示, 指引 第二十四条).
var PublicStatuses = append(slices.Clone(InPublicity), registry.StatusReady, registry.StatusRegistered)

// InPublicity are the statuses of cases that are being published: an objection stops the clock, not the notice.
var InPublicity = []registry.Status{registry.StatusInPublicity, registry.StatusObjected}

// Public is what outsiders see of a content: where the applicant asked for it, the content fields are withheld, never the notice
// itself; materials are never shown.
func Public(c registry.Content) registry.Content {
	c.Materials, c.RiskAssessment, c.Compliance = []registry.Material{}, "", ""
	if c.Withhold == "" {
		return c
	}
	return registry.Content{DataName: c.DataName, Region: c.Region, Rights: c.Rights, Withhold: c.Withhold, Materials: []registry.Material{}}
}
