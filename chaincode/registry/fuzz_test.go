package registry

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzParseRefusal(f *testing.F) {
	f.Add(Refuse(CodeTooEarly, RulePublicity, "dueDate", "2026-12-07").Error())
	f.Add("CODE {")
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := ParseRefusal(text); err == nil {
			again, err := ParseRefusal(r.Error())
			if err != nil || again.Error() != r.Error() {
				t.Errorf("%q does not come back", r.Error())
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"application":"APP","key":"12345678"}`))
	f.Add([]byte(`{"application":"APP","key":"12345678"} `))
	f.Add([]byte(`{"key":"a","application":"\u00e9"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var r ActRequest
		if Decode(body, &r) != nil {
			return
		}
		if again, err := Canonical(r); err != nil || string(again) != string(body) {
			t.Errorf("%q parses and re-serialises as %q", body, again)
		}
	})
}

// FuzzRequests: whatever a program sends for any function is refused, or signed in a form that the ledger takes as it is.
func FuzzRequests(f *testing.F) {
	for i, function := range WrittenByPeople() {
		body, err := Canonical(NewRequest(function))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, body)
	}
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		functions := WrittenByPeople()
		function := functions[((i%len(functions))+len(functions))%len(functions)]
		signed, err := EncodeRequest(function, body)
		if err != nil {
			return
		}
		request := NewRequest(function)
		if err := Decode(signed, request); err != nil {
			t.Fatalf("%s: %q is signed as %q, which the ledger refuses: %v", function, body, signed, err)
		}
		if again, err := Canonical(request); err != nil || !bytes.Equal(again, signed) {
			t.Errorf("%s: %q re-serialises as %q (%v)", function, signed, again, err)
		}
	})
}

// FuzzRecords: records come back from the ledger as they were written.
func FuzzRecords(f *testing.F) {
	records := []func() any{func() any { return new(Application) }, func() any { return new(Asset) }, func() any { return new(Certificate) }, func() any { return new(Party) },
		func() any { return new(Account) }, func() any { return new(RuleProfile) }, func() any { return new(Grant) }, func() any { return new(Objection) }, func() any { return new(Limit) }}
	for i := range records {
		f.Add(i, []byte(`{"id":"x","status":"y","content":{"dataName":"名称","rights":[{"kind":"HOLD"}]},"history":[{"at":"2026-11-25T00:00:00Z"}]}`))
	}
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		empty := records[((i%len(records))+len(records))%len(records)]
		record := empty()
		if json.Unmarshal(body, record) != nil {
			return
		}
		first, err := Canonical(record)
		if err != nil {
			return
		}
		back := empty()
		if err := json.Unmarshal(first, back); err != nil {
			t.Fatalf("%q does not come back: %v", first, err)
		}
		if again, err := Canonical(back); err != nil || !bytes.Equal(first, again) {
			t.Errorf("%q comes back as %q (%v)", first, again, err)
		}
	})
}

// oneWrong tries every other character of an alphabet at every place of a number that passes: each must be noticed.
func oneWrong(t *testing.T, number, alphabet string, from int, passes func(string) bool) {
	t.Helper()
	for i := from; i < len(number); i++ {
		for _, c := range alphabet {
			if wrong := number[:i] + string(c) + number[i+1:]; wrong != number && passes(wrong) {
				t.Errorf("%s passes beside %s", wrong, number)
			}
		}
	}
}

func FuzzCreditCode(f *testing.F) {
	f.Add("93630222MAFAKE06XA")
	f.Add("９1630202MAFAKE051R")
	f.Add("")
	f.Fuzz(func(t *testing.T, code string) {
		problem, want := CheckCreditCode(code)
		if problem == "" && (len(code) != 18 || NormaliseCode(code) != code) {
			t.Errorf("%q passes", code)
		}
		if problem == ProblemCheckDigit && want == "" {
			t.Errorf("%q: no check character is named", code)
		}
	})
}

func FuzzCertificateNumber(f *testing.F) {
	f.Add("HDZC63020220261100001H")
	f.Add("HDGZ6302022026110000")
	f.Fuzz(func(t *testing.T, number string) {
		problem, want := CheckCertificateNumber(CertificateNumber(number))
		if problem == ProblemCheckDigit {
			number = number[:21] + want
			problem, _ = CheckCertificateNumber(CertificateNumber(number))
		}
		if problem == "" {
			oneWrong(t, number, "0123456789", 4, func(s string) bool { p, _ := CheckCertificateNumber(CertificateNumber(s)); return p == "" })
		}
	})
}

func FuzzDerivedID(f *testing.F) {
	f.Add("APP", "tx")
	f.Fuzz(func(t *testing.T, prefix, tx string) {
		ValidDerivedID(prefix, tx) // any text at all
		id := DerivedID("APP", tx)
		if !ValidDerivedID("APP", id) || ValidDerivedID("AST", id) {
			t.Fatalf("%s", id)
		}
		oneWrong(t, id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 3, func(s string) bool { return ValidDerivedID("APP", s) })
	})
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-02-29")
	f.Add("2028-02-29")
	f.Add("0000-01-01")
	f.Fuzz(func(t *testing.T, text string) {
		day, err := ParseDate(text)
		if err != nil {
			return
		}
		if string(day) != text || day.year() < 9999 && CivilDate(day.midnight().UTC()) != day {
			t.Errorf("%q is %q", text, day)
		}
	})
}

func FuzzNormaliseCode(f *testing.F) {
	f.Add(" ９1630202mafake051r　")
	f.Fuzz(func(t *testing.T, text string) {
		once := NormaliseCode(text)
		if utf8.ValidString(text) && NormaliseCode(once) != once {
			t.Errorf("%q becomes %q, then %q", text, once, NormaliseCode(once))
		}
	})
}

func FuzzParseActor(f *testing.F) {
	f.Add("AgencyMSP", []byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, msp string, certificate []byte) {
		if a, err := ParseActor(msp, certificate); err == nil && reflect.ValueOf(a).IsZero() {
			t.Error("nobody is somebody")
		}
	})
}

// notices are the arrangements of the State Council as announced (国办发明电〔2024〕12号 and that of 2025): holidays with first and last day, and the
// days of work that make up for them.
var notices = map[int]struct {
	off  [][2]Date
	work []Date
}{
	2025: {[][2]Date{{"2025-01-01", "2025-01-01"}, {"2025-01-28", "2025-02-04"}, {"2025-04-04", "2025-04-06"}, {"2025-05-01", "2025-05-05"}, {"2025-05-31", "2025-06-02"}, {"2025-10-01", "2025-10-08"}},
		[]Date{"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}},
	2026: {[][2]Date{{"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04", "2026-04-06"}, {"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"}, {"2026-09-25", "2026-09-27"},
		{"2026-10-01", "2026-10-07"}}, []Date{"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}},
}

// TestCalendars_EveryDayAsAnnounced: each of the 730 days is a working day exactly if the announcements make it one.
func TestCalendars_EveryDayAsAnnounced(t *testing.T) {
	calendars, err := PublishedCalendars()
	if err != nil {
		t.Fatal(err)
	}
	days := 0
	for _, c := range calendars {
		notice := notices[c.Year]
		for day := time.Date(c.Year, 1, 1, 0, 0, 0, 0, Zone); day.Year() == c.Year; day = day.AddDate(0, 0, 1) {
			d := CivilDate(day)
			off := slices.ContainsFunc(notice.off, func(span [2]Date) bool { return span[0] <= d && d <= span[1] })
			weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
			if want := slices.Contains(notice.work, d) || !weekend && !off; c.workday(d) != want {
				t.Errorf("%s, a %s: working day %t", d, day.Weekday(), !want)
			}
			days++
		}
	}
	if days != 730 {
		t.Errorf("%d days were compared", days)
	}
}
