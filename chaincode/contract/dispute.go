package contract

import (
	"strconv"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// FileDispute objects to a registration (提出登记后异议): registry.FileDisputeRequest.
func (*Registration) FileDispute(c *Context, document string) (string, error) {
	return transact(c, document, decideFileDispute)
}

// ExamineDispute says whether its materials are complete and tells the registrant (审查异议材料): registry.ExamineDisputeRequest.
func (*Registration) ExamineDispute(c *Context, document string) (string, error) {
	return transact(c, document, decideExamineDispute)
}

// AnswerDispute is what the registrant says (认可或者说明): registry.AnswerDisputeRequest.
func (*Registration) AnswerDispute(c *Context, document string) (string, error) {
	return transact(c, document, decideAnswerDispute)
}

// ConcludeDispute is the registrar's conclusion (异议处理结论): registry.ConcludeDisputeRequest.
func (*Registration) ConcludeDispute(c *Context, document string) (string, error) {
	return transact(c, document, decideConcludeDispute)
}

// RespondDispute accepts the conclusion or does not (认可处理结论): registry.RespondDisputeRequest.
func (*Registration) RespondDispute(c *Context, document string) (string, error) {
	return transact(c, document, decideRespondDispute)
}

// RecordJudgment records what a court or an arbitration body has decided (生效法律文书): registry.RecordJudgmentRequest.
func (*Registration) RecordJudgment(c *Context, document string) (string, error) {
	return transact(c, document, decideJudgment)
}

// SettleDispute records that the outcome was carried out (处置): registry.EndDisputeRequest.
func (*Registration) SettleDispute(c *Context, document string) (string, error) {
	return transact(c, document, decideSettleDispute)
}

// WithdrawDispute takes it back (撤回登记后异议): registry.EndDisputeRequest.
func (*Registration) WithdrawDispute(c *Context, document string) (string, error) {
	return transact(c, document, decideWithdrawDispute)
}

// FindDispute answers a registry.Dispute: registry.FindDisputeRequest.
func (*Registration) FindDispute(c *Context, document string) (string, error) {
	var req registry.FindDisputeRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	key := disputeKey(req.Asset, req.Dispute)
	d, err := find[registry.Dispute](c, key[0], key[1:]...)
	return found(d, string(req.Asset), err)
}

func disputeKey(asset registry.AssetID, n int) []string {
	return []string{registry.ObjectDispute, clean(string(asset)), strconv.Itoa(n)}
}

// judgeDispute decodes a request, loads page and objection (n 0: it begins with the act) and asks package registry for the outcome.
func judgeDispute[R any](c *Context, document string, act registry.Act, of func(R) (key string, asset registry.AssetID, n int),
	verdict func(registry.Case, R) (registry.DisputeOutcome, registry.Refusals)) (decision, error) {
	var req R
	if err := registry.Decode([]byte(document), &req); err != nil {
		return decision{}, err
	}
	key, asset, n := of(req)
	file, err := c.loadDispute(act, key, asset, n, req)
	if err != nil {
		return decision{}, err
	}
	out, refusals := verdict(file, req)
	d := decision{key: key, refusals: refusals}
	if len(refusals) == 0 {
		d.dispute(out, file)
	}
	return d, nil
}

// loadDispute gathers by point reads what an act on an objection after registration looks at.
func (c *Context) loadDispute(act registry.Act, key string, asset registry.AssetID, n int, request any) (file registry.Case, err error) {
	page, dispute := []string{registry.ObjectAsset, clean(string(asset))}, disputeKey(asset, n)
	officer := []string{registry.ObjectAppointment, string(registry.OfficeObjections), string(c.facts.Actor.ID())}
	if err = c.expect(page, dispute, officer, []string{registry.ObjectParty, clean(string(c.facts.Actor.Party))}); err != nil {
		return file, err
	}
	if file, err = c.openCase(act, key, "", request); err != nil {
		return file, err
	}
	if file.Party, err = find[registry.Party](c, registry.ObjectParty, clean(string(c.facts.Actor.Party))); err != nil {
		return file, err
	}
	if file.Asset, err = find[registry.Asset](c, page[0], page[1]); err != nil || file.Asset == nil {
		return file, err
	}
	if file.Dispute, err = find[registry.Dispute](c, dispute[0], dispute[1:]...); err != nil {
		return file, err
	}
	if act == registry.ActFileDispute {
		return file, c.loadDisputeRules(&file)
	}
	if c.facts.Actor.Role == registry.RoleObjections {
		if file.Office, err = c.office(registry.OfficeObjections); err != nil {
			return file, err
		}
	}
	if act == registry.ActExamineDispute {
		err = c.loadDisputeRules(&file)
	}
	return file, err
}

// loadDisputeRules finds the profile in force, or the one under which the page was registered, with its calendars: objections are taken
// also while a track takes no new applications.
func (c *Context) loadDisputeRules(file *registry.Case) (err error) {
	if file.Profile, err = c.profileInForce(file.Asset.Track, file.Today); err != nil {
		return err
	}
	if file.Profile == nil {
		key := profileKey(file.Asset.Profile)
		if file.Profile, err = find[registry.RuleProfile](c, key[0], key[1:]...); err != nil {
			return err
		}
	}
	return c.loadCalendars(file)
}

func decideFileDispute(c *Context, doc string) (decision, error) {
	return judgeDispute(c, doc, registry.ActFileDispute, func(r registry.FileDisputeRequest) (string, registry.AssetID, int) { return r.Key, r.Asset, 0 }, registry.FileDispute)
}

func decideExamineDispute(c *Context, doc string) (decision, error) {
	return judgeDispute(c, doc, registry.ActExamineDispute, func(r registry.ExamineDisputeRequest) (string, registry.AssetID, int) {
		return r.Key, r.Asset, r.Dispute
	}, registry.ExamineDispute)
}

func decideAnswerDispute(c *Context, doc string) (decision, error) {
	return judgeDispute(c, doc, registry.ActAnswerDispute, func(r registry.AnswerDisputeRequest) (string, registry.AssetID, int) {
		return r.Key, r.Asset, r.Dispute
	}, registry.AnswerDispute)
}

func decideConcludeDispute(c *Context, doc string) (decision, error) {
	return judgeDispute(c, doc, registry.ActConcludeDispute, func(r registry.ConcludeDisputeRequest) (string, registry.AssetID, int) {
		return r.Key, r.Asset, r.Dispute
	}, registry.ConcludeDispute)
}

func decideRespondDispute(c *Context, doc string) (decision, error) {
	return judgeDispute(c, doc, registry.ActRespondDispute, func(r registry.RespondDisputeRequest) (string, registry.AssetID, int) {
		return r.Key, r.Asset, r.Dispute
	}, registry.RespondDispute)
}

func decideJudgment(c *Context, doc string) (decision, error) {
	return judgeDispute(c, doc, registry.ActRecordJudgment, func(r registry.RecordJudgmentRequest) (string, registry.AssetID, int) {
		return r.Key, r.Asset, r.Dispute
	}, registry.RecordJudgment)
}

func endOf(r registry.EndDisputeRequest) (string, registry.AssetID, int) {
	return r.Key, r.Asset, r.Dispute
}

func decideSettleDispute(c *Context, doc string) (decision, error) {
	return judgeDispute(c, doc, registry.ActSettleDispute, endOf, registry.SettleDispute)
}

func decideWithdrawDispute(c *Context, doc string) (decision, error) {
	return judgeDispute(c, doc, registry.ActWithdrawDispute, endOf, registry.WithdrawDispute)
}

func (d *decision) dispute(out registry.DisputeOutcome, file registry.Case) {
	before := ""
	if file.Dispute != nil {
		before = string(file.Dispute.Status)
	}
	made, page := out.Dispute, out.Page
	n := strconv.Itoa(made.N)
	d.receipt = registry.Receipt{Asset: page.ID, ID: string(page.ID) + "/" + n, Status: string(made.Status)}
	d.add(registry.ObjectDispute, d.receipt.ID, before, string(made.Status), file.Dispute == nil, made, string(page.ID), n)
	d.add(registry.ObjectAsset, string(page.ID), string(file.Asset.Status), string(page.Status), false, page, string(page.ID))
	d.notices(nil, out.Notices...)
}
