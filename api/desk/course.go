package desk

import (
	"context"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Courses tells of the course of cases what the records themselves do not keep.
type Courses interface {
	// Round is the content that a case had filed in an earlier round; ErrNotFound for the present one.
	Round(ctx context.Context, id registry.ApplicationID, round int) (registry.Content, error)
	// Lateness counts the acts that came after their due date, by person, since an instant.
	Lateness(ctx context.Context, since time.Time) ([]Late, error)
	// Expiring lists pages of the register in force on record whose last day is before a day, the earliest first.
	Expiring(ctx context.Context, before registry.Date, limit int) ([]registry.Asset, error)
}

// Late is how often a person acted after the due date, and when last.
type Late struct {
	Person registry.PersonID
	Acts   int
	Last   time.Time
}
