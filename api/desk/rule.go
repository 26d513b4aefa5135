package desk

import (
	"context"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Rules tells what is in force and who holds which office. There are few records of each kind: lists are whole.
type Rules interface {
	// Profiles are all versions of the tracks' rules, adopted or proposed, by track and version.
	Profiles(ctx context.Context) ([]registry.RuleProfile, error)
	// Calendars are the present versions of the calendars, by year.
	Calendars(ctx context.Context) ([]registry.Calendar, error)
	// Appointments are all appointments, ended ones too, by office and holder.
	Appointments(ctx context.Context) ([]registry.Appointment, error)
	// DocumentKeys are the registrars' document keys.
	DocumentKeys(ctx context.Context) ([]registry.DocumentKey, error)
}
