package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/network"
)

// doctorCommand says what runs out on the ledger: rules and calendars. devnet doctor calls it and adds certificates and stores.
func doctorCommand() *cobra.Command {
	var state string
	cmd := &cobra.Command{Use: "doctor", Short: "rules that lapse and calendar years that are missing soon", Args: cobra.NoArgs,
		Long: "Say which rules in force lapse within half a year and whether a calendar is missing for the year in which periods of two months from now end.\n" +
			"Exit status: 0 nothing runs out, 1 something does, 2 usage, or the ledger does not answer.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := network.ReadDescription(state)
			if err != nil {
				return err
			}
			ledger, err := dial(d, "bureau")
			if err != nil {
				return err
			}
			defer ledger.Close()
			answer, err := ledger.Evaluate(cmd.Context(), "rule:Situation", []byte("{}"))
			var s registry.Situation
			if err == nil {
				err = json.Unmarshal(answer, &s)
			}
			if err != nil {
				return err
			}
			if found := runningOut(s, time.Now()); len(found) > 0 {
				return exitCode{exitFailed, errors.New(strings.Join(found, "\n"))}
			}
			fmt.Fprintln(cmd.OutOrStdout(), "no rules lapse and no calendar is missing soon")
			return nil
		}}
	cmd.Flags().StringVar(&state, "state", ".run/demo", "directory of the network's state")
	return cmd
}

// How many days ahead the doctor looks: new rules need two organisations and their preparation, periods reach two months ahead.
const (
	lapseNotice    = 180
	calendarNotice = 60
)

// runningOut are the rules and calendars that run out, each with what follows and what to do.
func runningOut(s registry.Situation, now time.Time) (found []string) {
	today := registry.CivilDate(now)
	for _, p := range s.Profiles {
		if p.Until == "" || p.Until > today.AddDays(lapseNotice) {
			continue
		}
		follows := slices.ContainsFunc(s.Profiles, func(n registry.RuleProfile) bool {
			return n.Track == p.Track && n.Version != p.Version && n.From <= p.Until.AddDays(1) && (n.Until == "" || n.Until > p.Until)
		})
		if !follows {
			found = append(found, fmt.Sprintf("rules %s lapse on %s: without a successor new applications of the track are refused, or the national rules follow; act rule:AdoptProfile", p.Ref(), p.Until))
		}
	}
	year := now.In(registry.Zone).AddDate(0, 0, calendarNotice).Year()
	if !slices.ContainsFunc(s.Calendars, func(c registry.CalendarHead) bool { return c.Year == year }) {
		found = append(found, fmt.Sprintf("no calendar for %d: periods that reach into it stay pending; act rule:AdoptCalendar once the year's arrangement is published", year))
	}
	return found
}
