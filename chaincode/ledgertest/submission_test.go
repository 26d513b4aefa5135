package ledgertest

import (
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const assessor = registry.PartyID("91630203MAFAKE086T")

func (s *Story) valued(asset registry.AssetID) registry.SubmitSubmissionRequest {
	return registry.SubmitSubmissionRequest{Key: s.Key(), Kind: registry.SubmissionValuation, Asset: asset, Paper: Material(registry.MaterialReport),
		Valuation: &registry.Valuation{Assessor: assessor, BaseDate: "2026-11-30", Purpose: "融资担保", AmountFen: 120_000_000}}
}

// TestValuation_NeedsAssessorAndBaseDate (第四十二条): of one's own asset in force, by another body than the holder.
func TestValuation_NeedsAssessorAndBaseDate(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "评估")
	for defect, c := range map[string]struct {
		path  string
		spoil func(*registry.SubmitSubmissionRequest)
	}{
		"no_assessor":       {"valuation.assessor", func(r *registry.SubmitSubmissionRequest) { r.Valuation.Assessor = "" }},
		"mistyped_assessor": {"valuation.assessor", func(r *registry.SubmitSubmissionRequest) { r.Valuation.Assessor = "91630203MAFAKE086X" }},
		"holder_assesses":   {"valuation.assessor", func(r *registry.SubmitSubmissionRequest) { r.Valuation.Assessor = "93630222MAFAKE06XA" }},
		"no_base_date":      {"valuation.baseDate", func(r *registry.SubmitSubmissionRequest) { r.Valuation.BaseDate = "" }},
		"base_date_to_come": {"valuation.baseDate", func(r *registry.SubmitSubmissionRequest) { r.Valuation.BaseDate = "2027-01-01" }},
		"no_purpose":        {"valuation.purpose", func(r *registry.SubmitSubmissionRequest) { r.Valuation.Purpose = " " }},
		"less_than_nothing": {"valuation.amountFen", func(r *registry.SubmitSubmissionRequest) { r.Valuation.AmountFen = -1 }},
		"no_asset":          {"asset", func(r *registry.SubmitSubmissionRequest) { r.Asset = "" }},
		"unknown_asset":     {"asset", func(r *registry.SubmitSubmissionRequest) { r.Asset = "ASTAAAAAAAAAAAAAAAAA" }},
		"no_valuation":      {"valuation", func(r *registry.SubmitSubmissionRequest) { r.Valuation = nil }},
		"no_report":         {"paper.cid", func(r *registry.SubmitSubmissionRequest) { r.Paper.CID = "" }},
		"of_two_kinds": {"important", func(r *registry.SubmitSubmissionRequest) {
			r.Important = &registry.ImportantData{Items: 1, Institution: "网信办", Responsible: true}
		}},
		"of_an_unknown_kind":  {"submissionKind", func(r *registry.SubmitSubmissionRequest) { r.Kind, r.Valuation, r.Asset = "GIFT", nil, "" }},
		"report_of_no_report": {"paper.kind", func(r *registry.SubmitSubmissionRequest) { r.Paper.Kind = registry.MaterialStatement }},
	} {
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, l, defect)
			request := s.valued(done.Asset)
			c.spoil(&request)
			s.wrongField(c.path, applicant, "supervision:Submit", request)
		})
	}
	if r := s.Refused(registry.CodeNotOwnParty, rival, "supervision:Submit", s.valued(done.Asset)); r.Rule != registry.RuleValuation {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Refused(registry.CodeAccessDenied, supervisor, "supervision:Submit", s.valued(done.Asset))
	id := registry.SubmissionID(s.Do(applicant, "supervision:Submit", s.valued(done.Asset)).ID)
	correction := s.valued(done.Asset)
	correction.Corrects, correction.Valuation.AmountFen = id, 110_000_000
	next := registry.SubmissionID(s.Do(applicant, "supervision:Submit", correction).ID)
	correction.Key = s.Key()
	s.Refused(registry.CodeStatusWrong, applicant, "supervision:Submit", correction)
	first := find[registry.Submission](s, "supervision:FindSubmission", registry.FindRequest{ID: string(id)})
	second := find[registry.Submission](s, "supervision:FindSubmission", registry.FindRequest{ID: string(next)})
	if first.Status != registry.SubmissionCorrected || first.Correction != next || first.Valuation.AmountFen != 120_000_000 || second.Status != registry.SubmissionInForce || second.Corrects != id {
		t.Errorf("on record: %+v, then %+v", first, second)
	}
	s.Do(officer, "registration:CancelExOfficio", s.ending(done.Asset, registry.GroundDestroyed))
	s.Refused(registry.CodeAssetEnded, applicant, "supervision:Submit", s.valued(done.Asset))
}

func (s *Story) importantData() registry.SubmitSubmissionRequest {
	return registry.SubmitSubmissionRequest{Key: s.Key(), Kind: registry.SubmissionImportant, Paper: Material(registry.MaterialReport),
		Important: &registry.ImportantData{Items: 12, Institution: "数据安全部", Responsible: true}}
}

// TestImportantData_FiledWithWhoAnswers (第五十四条): the catalogue counts something, an institution is named and an officer declared.
func TestImportantData_FiledWithWhoAnswers(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	for path, spoil := range map[string]func(*registry.ImportantData){
		"important.items":       func(i *registry.ImportantData) { i.Items = 0 },
		"important.institution": func(i *registry.ImportantData) { i.Institution = "" },
		"important.responsible": func(i *registry.ImportantData) { i.Responsible = false },
	} {
		request := s.importantData()
		spoil(request.Important)
		s.wrongField(path, applicant, "supervision:Submit", request)
	}
	s.Refused(registry.CodeAccessDenied, officer, "supervision:Submit", s.importantData())
	id := s.Do(applicant, "supervision:Submit", s.importantData()).ID
	stolen := s.importantData()
	stolen.Corrects = registry.SubmissionID(id)
	s.Refused(registry.CodeNotOwnParty, rival, "supervision:Submit", stolen)
	stolen.Key, stolen.Corrects = s.Key(), "SBMAAAAAAAAAAAAAAAAA"
	s.Refused(registry.CodeNotFound, rival, "supervision:Submit", stolen)
}

// TestDisclosure_OfWhatAndWhen (第三十八条).
func TestDisclosure_OfWhatAndWhen(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	disclose := func() registry.SubmitSubmissionRequest {
		return registry.SubmitSubmissionRequest{Key: s.Key(), Kind: registry.SubmissionDisclosure, Paper: Material(registry.MaterialReport),
			Disclosure: &registry.Disclosure{Title: "交易情况", From: "2026-07-01", To: "2026-09-30"}}
	}
	for path, spoil := range map[string]func(*registry.Disclosure){
		"disclosure.title": func(d *registry.Disclosure) { d.Title = "" },
		"disclosure.from":  func(d *registry.Disclosure) { d.From = "2026-07" },
		"disclosure.to":    func(d *registry.Disclosure) { d.To = "2026-06-30" },
	} {
		request := disclose()
		spoil(request.Disclosure)
		if r := s.Refused(registry.CodeFieldsInvalid, operator, "supervision:Submit", request); r.Fields[0].Path != path || r.Rule != registry.RuleDisclosure {
			t.Errorf("%s: %+v", path, r)
		}
	}
	s.Do(operator, "supervision:Submit", disclose())
	s.Do(applicant, "supervision:Submit", disclose())
	s.Refused(registry.CodeAccessDenied, officer, "supervision:Submit", disclose())
}

// TestAnnualReport_OfTheRegistrarByTheEndOfMarch (指引 第十一条): a late one counts and stays flagged.
func TestAnnualReport_OfTheRegistrarByTheEndOfMarch(t *testing.T) {
	s, l := legal(t)
	annual := func(year int64) registry.SubmitSubmissionRequest {
		return registry.SubmitSubmissionRequest{Key: s.Key(), Kind: registry.SubmissionAnnual, Paper: Material(registry.MaterialReport),
			Annual: &registry.Annual{Year: year, Block: 10, Digest: strings.Repeat("ab", 32)}}
	}
	l.Now = at("2026-11-30 09:00")
	s.wrongField("annual.year", officer, "supervision:Submit", annual(2026)) // the year is not over
	undated := annual(2025)
	undated.Annual.Digest = "x"
	s.wrongField("annual.digest", officer, "supervision:Submit", undated)
	s.Refused(registry.CodeAccessDenied, supervisor, "supervision:Submit", annual(2025))
	late := s.Do(officer, "supervision:Submit", annual(2025))
	l.Now = at("2027-03-31 23:59")
	inTime := s.Do(officer, "supervision:Submit", annual(2026))
	for id, want := range map[string]bool{late.ID: true, inTime.ID: false} {
		if got := find[registry.Submission](s, "supervision:FindSubmission", registry.FindRequest{ID: id}); got.Late != want {
			t.Errorf("the report on %d is late: %v", got.Annual.Year, got.Late)
		}
	}
	s.Do(admin, "party:EndAppointment", registry.EndAppointmentRequest{Key: s.Key(), Office: registry.OfficeRegistrar, Holder: string(agencyParty), Reason: "期满"})
	if r := s.Refused(registry.CodeNotAppointed, officer, "supervision:Submit", annual(2026)); r.Rule != registry.RuleAnnualReport {
		t.Errorf("the refusal cites %s", r.Rule)
	}
}

// TestCredit_OnADocumentWithItsBasis (第五十九条).
func TestCredit_OnADocumentWithItsBasis(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	credit := func() registry.SubmitSubmissionRequest {
		return registry.SubmitSubmissionRequest{Key: s.Key(), Kind: registry.SubmissionCredit, Paper: Material(registry.MaterialReport),
			Credit: &registry.Credit{Party: contractor, Nature: "BAD", Grounds: "拒不整改", Until: "2029-12-31", Warrant: warrant()}}
	}
	for path, spoil := range map[string]func(*registry.Credit){
		"credit.party":             func(c *registry.Credit) { c.Party = "" },
		"credit.nature":            func(c *registry.Credit) { c.Nature = "" },
		"credit.grounds":           func(c *registry.Credit) { c.Grounds = "" },
		"credit.until":             func(c *registry.Credit) { c.Until = "2020-01-01" },
		"credit.warrant.authority": func(c *registry.Credit) { c.Warrant.Authority = "" },
		"credit.warrant.number":    func(c *registry.Credit) { c.Warrant.Number = "" },
	} {
		request := credit()
		spoil(request.Credit)
		s.wrongField(path, supervisor, "supervision:Submit", request)
	}
	for _, who := range []string{applicant, operator, officer} {
		if r := s.Refused(registry.CodeAccessDenied, who, "supervision:Submit", credit()); r.Rule != registry.RuleCredit {
			t.Errorf("%s: the refusal cites %s", who, r.Rule)
		}
	}
	s.Do(supervisor, "supervision:Submit", credit())
}

func counted(records int64, digit string) registry.Counted {
	return registry.Counted{Records: records, Digest: strings.Repeat(digit, 64)}
}

// TestReconciliation_DifferencesAreExplained (第十八条): each side states for itself; what differs is closed with a note only.
func TestReconciliation_DifferencesAreExplained(t *testing.T) {
	s, _ := publicLedger(t)
	open := func() registry.OpenBatchRequest {
		return registry.OpenBatchRequest{Key: s.Key(), Direction: registry.BatchReturn, Name: "2026年三季度人口库返还", Receiver: "11630200MBFAKE0981", Counted: counted(1000, "a")}
	}
	state := func(id registry.BatchID, c registry.Counted) registry.StateBatchRequest {
		return registry.StateBatchRequest{Key: s.Key(), Batch: id, Counted: c}
	}
	closing := func(id registry.BatchID, variance string) registry.CloseBatchRequest {
		return registry.CloseBatchRequest{Key: s.Key(), Batch: id, Variance: variance}
	}
	for path, spoil := range map[string]func(*registry.OpenBatchRequest){
		"direction":       func(r *registry.OpenBatchRequest) { r.Direction = "" },
		"batchName":       func(r *registry.OpenBatchRequest) { r.Name = "" },
		"item":            func(r *registry.OpenBatchRequest) { r.Item = "307001000009" },
		"receiver":        func(r *registry.OpenBatchRequest) { r.Receiver = bureauParty },
		"counted.records": func(r *registry.OpenBatchRequest) { r.Counted.Records = -1 },
		"counted.digest":  func(r *registry.OpenBatchRequest) { r.Counted.Digest = "" },
	} {
		request := open()
		spoil(&request)
		s.wrongField(path, supervisor, "supervision:OpenBatch", request)
	}
	private := open()
	private.Receiver = contractor
	s.Refused(registry.CodeNotPublicBody, supervisor, "supervision:OpenBatch", private)
	private.Key, private.Receiver = s.Key(), "11630200MBFAKE0981"
	s.Refused(registry.CodeNotPublicBody, operating, "supervision:OpenBatch", private)

	id := registry.BatchID(s.Do(supervisor, "supervision:OpenBatch", open()).ID)
	s.Refused(registry.CodeStatusWrong, supervisor, "supervision:CloseBatch", closing(id, ""))
	s.Refused(registry.CodeNotOwnParty, supervisor, "supervision:StateBatch", state(id, counted(1000, "a"))) // nobody states for the other side
	s.Do(publicBody, "supervision:StateBatch", state(id, counted(999, "b")))
	s.Refused(registry.CodeStatusWrong, publicBody, "supervision:StateBatch", state(id, counted(1000, "a")))
	s.Refused(registry.CodeNotOwnParty, applicant, "supervision:CloseBatch", closing(id, "少一条"))
	if r := s.Refused(registry.CodeVariance, publicBody, "supervision:CloseBatch", closing(id, "")); r.Rule != registry.RuleReconciliation {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Do(publicBody, "supervision:CloseBatch", closing(id, "一条记录已在上级平台注销，下一批更正"))

	equal := registry.BatchID(s.Do(supervisor, "supervision:OpenBatch", open()).ID)
	s.Do(publicBody, "supervision:StateBatch", state(equal, counted(1000, "a")))
	s.wrongField("variance", supervisor, "supervision:CloseBatch", closing(equal, "没有差异"))
	s.Do(supervisor, "supervision:CloseBatch", closing(equal, ""))
	sameCount := registry.BatchID(s.Do(supervisor, "supervision:OpenBatch", open()).ID)
	s.Do(publicBody, "supervision:StateBatch", state(sameCount, counted(1000, "c")))
	s.Refused(registry.CodeVariance, supervisor, "supervision:CloseBatch", closing(sameCount, "")) // as many records, and other ones
	b := find[registry.Batch](s, "supervision:FindBatch", registry.FindRequest{ID: string(id)})
	if b.Status != registry.BatchClosed || !b.Differs() || b.Variance == "" || b.Sent.Person != supervisor || b.Received.Person != publicBody {
		t.Errorf("on record: %+v", b)
	}
}
