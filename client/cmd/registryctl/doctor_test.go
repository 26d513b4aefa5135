package main

import (
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func TestDoctor_NoLedger(t *testing.T) {
	if _, warnings, status := execute("doctor", "--state", t.TempDir()); status != 2 || !strings.Contains(warnings, "make up") {
		t.Errorf("status %d: %s", status, warnings)
	}
}

func TestDoctor_WhatRunsOut(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	years := func(all ...int) (heads []registry.CalendarHead) {
		for _, y := range all {
			heads = append(heads, registry.CalendarHead{Year: y, Version: 1})
		}
		return heads
	}
	city := registry.RuleProfile{Track: registry.TrackDataAsset, Version: 2, Until: "2027-04-30"}
	for name, tc := range map[string]struct {
		s    registry.Situation
		says []string
	}{
		"all_well":              {registry.Situation{Profiles: []registry.RuleProfile{{Track: registry.TrackDataAsset, Version: 1}}, Calendars: years(2026, 2027)}, nil},
		"rules_lapse":           {registry.Situation{Profiles: []registry.RuleProfile{city}, Calendars: years(2026, 2027)}, []string{"DATA_ASSET/2", "2027-04-30"}},
		"national_rules_follow": {registry.Situation{Profiles: []registry.RuleProfile{city, {Track: registry.TrackDataAsset, Version: 1}}, Calendars: years(2026, 2027)}, nil},
		"other_track_follows":   {registry.Situation{Profiles: []registry.RuleProfile{city, {Track: registry.TrackPublicResource, Version: 1}}, Calendars: years(2026, 2027)}, []string{"DATA_ASSET/2"}},
		"gap_between":           {registry.Situation{Profiles: []registry.RuleProfile{city, {Track: registry.TrackDataAsset, Version: 3, From: "2027-06-01"}}, Calendars: years(2026, 2027)}, []string{"DATA_ASSET/2"}},
		"far_away":              {registry.Situation{Profiles: []registry.RuleProfile{{Track: registry.TrackDataAsset, Version: 2, Until: "2028-01-01"}}, Calendars: years(2026, 2027)}, nil},
		"next_year_missing":     {registry.Situation{Calendars: years(2026)}, []string{"2027"}},
	} {
		found := strings.Join(runningOut(tc.s, now), "\n")
		if (found == "") != (len(tc.says) == 0) {
			t.Errorf("%s: %q", name, found)
		}
		for _, text := range tc.says {
			if !strings.Contains(found, text) {
				t.Errorf("%s: %q lacks %s", name, found, text)
			}
		}
	}
}
