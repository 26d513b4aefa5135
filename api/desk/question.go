package desk

import (
	"context"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/question"
)

// Answers answers the questions of regulators from the read model; now is when they are asked.
type Answers interface {
	Ask(ctx context.Context, q question.Query, now time.Time) (question.Answer, error)
}

// Supervises says whether somebody may ask the questions of regulators: people of the supervising authorities, and the bureau's officers.
func Supervises(a registry.Actor) bool {
	return a.MSP == registry.MSPRegulator && a.Role == registry.RoleRegulator || a.MSP == registry.MSPBureau && a.Role == registry.RoleSupervisor
}
