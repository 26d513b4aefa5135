package session

import (
	"errors"
	"testing"
	"time"
)

// TestChallenges_AreBounded: strangers cannot make the service remember without end; it is the oldest that are forgotten.
func TestChallenges_AreBounded(t *testing.T) {
	var c challenges
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	oldest, _ := c.open("AgencyMSP/he-applicant", now)
	second, _ := c.open("AgencyMSP/he-applicant", now)
	for range mostChallenges - 1 {
		c.open("AgencyMSP/somebody", now)
	}
	if len(c.waiting) != mostChallenges || len(c.order) != mostChallenges {
		t.Errorf("%d challenges wait, %d in order", len(c.waiting), len(c.order))
	}
	if err := c.take(oldest, "AgencyMSP/he-applicant", now); !errors.Is(err, ErrChallenge) {
		t.Errorf("the oldest: %v", err)
	}
	if err := c.take(second, "AgencyMSP/he-applicant", now); err != nil {
		t.Errorf("the second: %v", err)
	}
}
