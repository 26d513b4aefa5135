package contract

import (
	"strconv"
	"strings"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Registration is the contract of registration cases (登记). Each writing function takes the canonical JSON document
// that package registry defines for it and answers a registry.Receipt; see registry.AccessTable for who may call it.
type Registration struct{ contractapi.Contract }

// Submit files an application (申请): registry.SubmitRequest.
func (*Registration) Submit(c *Context, document string) (string, error) {
	return transact(c, document, decideSubmit)
}

// Return asks once for everything to be supplemented (补正告知): registry.ReasonsRequest.
func (*Registration) Return(c *Context, document string) (string, error) {
	return transact(c, document, decideReturn)
}

// Resubmit files the supplemented application (补正): registry.ResubmitRequest.
func (*Registration) Resubmit(c *Context, document string) (string, error) {
	return transact(c, document, decideResubmit)
}

// Accept accepts a case (受理): registry.ActRequest.
func (*Registration) Accept(c *Context, document string) (string, error) {
	return transact(c, document, decideAccept)
}

// NotAccept declines a case with reasons (不予受理): registry.ReasonsRequest.
func (*Registration) NotAccept(c *Context, document string) (string, error) {
	return transact(c, document, decideNotAccept)
}

// ClaimAcceptance records that silence counts as acceptance (视为受理): registry.ClaimAcceptanceRequest.
func (*Registration) ClaimAcceptance(c *Context, document string) (string, error) {
	return transact(c, document, decideClaim)
}

// PassReview records the three findings and starts publicity (审查、公示): registry.ReviewRequest.
func (*Registration) PassReview(c *Context, document string) (string, error) {
	return transact(c, document, decideReview)
}

// Refuse refuses registration on a ground of 第二十二条 (不予登记): registry.RefuseRequest.
func (*Registration) Refuse(c *Context, document string) (string, error) {
	return transact(c, document, decideRefuse)
}

// ClosePublicity ends publicity when its period is over (公示期满): registry.ActRequest.
func (*Registration) ClosePublicity(c *Context, document string) (string, error) {
	return transact(c, document, decideClose)
}

// Register enters the asset in the register with number and certificate record (登簿赋码): registry.RegisterRequest.
func (*Registration) Register(c *Context, document string) (string, error) {
	return transact(c, document, decideRegister)
}

// Withdraw ends a case at the applicant's wish (撤回): registry.WithdrawRequest.
func (*Registration) Withdraw(c *Context, document string) (string, error) {
	return transact(c, document, decideWithdraw)
}

// ComputeDeadline computes due dates that waited for a calendar (日历公布后补算期限): registry.ActRequest.
func (*Registration) ComputeDeadline(c *Context, document string) (string, error) {
	return transact(c, document, decideDeadline)
}

// RecalculateDeadline lets due dates follow a later version of a calendar (重新计算期限): registry.ActRequest.
func (*Registration) RecalculateDeadline(c *Context, document string) (string, error) {
	return transact(c, document, decideRecalculation)
}

// RequestEvidence asks for supporting evidence and stops the handling clock (要求补充佐证材料): registry.ReasonsRequest.
func (*Registration) RequestEvidence(c *Context, document string) (string, error) {
	return transact(c, document, decideRequestEvidence)
}

// SupplyEvidence answers a request for evidence (补充佐证材料): registry.SupplyEvidenceRequest.
func (*Registration) SupplyEvidence(c *Context, document string) (string, error) {
	return transact(c, document, decideSupplyEvidence)
}

// ResumeReview goes on with a review whose evidence was verified otherwise (恢复审查): registry.ReasonsRequest.
func (*Registration) ResumeReview(c *Context, document string) (string, error) {
	return transact(c, document, decideResumeReview)
}

// Terminate ends a case whose evidence did not come (终止登记): registry.ReasonsRequest.
func (*Registration) Terminate(c *Context, document string) (string, error) {
	return transact(c, document, decideTerminate)
}

// Extend prolongs the handling, once (延长办理期限): registry.ExtendRequest.
func (*Registration) Extend(c *Context, document string) (string, error) {
	return transact(c, document, decideExtend)
}

// ExplainDelay tells the applicant why the review is not completed in time (说明原因): registry.ReasonsRequest.
func (*Registration) ExplainDelay(c *Context, document string) (string, error) {
	return transact(c, document, decideExplainDelay)
}

// Sweep writes down what has come about by time alone (记明失效): registry.SweepRequest.
func (*Registration) Sweep(c *Context, document string) (string, error) {
	return transact(c, document, decideSweep)
}

// RecordDocuments records the digests of an issued certificate, once (证书签发): registry.RecordDocumentsRequest.
func (*Registration) RecordDocuments(c *Context, document string) (string, error) {
	return transact(c, document, decideDocuments)
}

// judge decodes a request, loads its case and asks package registry for the outcome.
func judge[R any](c *Context, document string, act registry.Act, of func(R) (key string, app registry.ApplicationID),
	verdict func(registry.Case, R) (registry.Outcome, registry.Refusals)) (decision, error) {
	var req R
	if err := registry.Decode([]byte(document), &req); err != nil {
		return decision{}, err
	}
	key, id := of(req)
	file, err := c.openCase(act, key, id, req)
	if err != nil {
		return decision{}, err
	}
	if err := c.loadCase(&file, act, id, req); err != nil {
		return decision{}, err
	}
	if err := c.loadOccupant(&file, req); err != nil {
		return decision{}, err
	}
	if err := c.loadObjection(&file, id, req); err != nil {
		return decision{}, err
	}
	out, refusals := verdict(file, req)
	if len(refusals) == 0 {
		out = registry.Tell(file, out)
	}
	return c.outcome(key, file, out, refusals), nil
}

func decideSubmit(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActSubmit, func(r registry.SubmitRequest) (string, registry.ApplicationID) { return r.Key, "" }, registry.Submit)
}

func decideResubmit(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActResubmit, func(r registry.ResubmitRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.Resubmit)
}

func actOn(r registry.ActRequest) (string, registry.ApplicationID) { return r.Key, r.Application }

func reasonsFor(r registry.ReasonsRequest) (string, registry.ApplicationID) {
	return r.Key, r.Application
}

func decideReturn(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActReturn, reasonsFor, registry.Return)
}

func decideAccept(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActAccept, actOn, registry.Accept)
}

func decideNotAccept(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActNotAccept, reasonsFor, registry.NotAccept)
}

func decideClaim(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActClaimAcceptance, func(r registry.ClaimAcceptanceRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.ClaimAcceptance)
}

func decideReview(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActPassReview, func(r registry.ReviewRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.PassReview)
}

func decideRefuse(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActRefuse, func(r registry.RefuseRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.RefuseRegistration)
}

func decideClose(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActClosePublicity, actOn, registry.ClosePublicity)
}

func decideRegister(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActRegister, func(r registry.RegisterRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.Register)
}

func decideWithdraw(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActWithdraw, func(r registry.WithdrawRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.Withdraw)
}

func decideDeadline(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActComputeDeadline, actOn, registry.ComputeDeadline)
}

func decideRecalculation(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActRecalculateDeadline, actOn, registry.RecalculateDeadline)
}

func decideRequestEvidence(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActRequestEvidence, reasonsFor, registry.RequestEvidence)
}

func decideSupplyEvidence(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActSupplyEvidence, func(r registry.SupplyEvidenceRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.SupplyEvidence)
}

func decideResumeReview(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActResumeReview, reasonsFor, registry.ResumeReview)
}

func decideTerminate(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActTerminate, reasonsFor, registry.Terminate)
}

func decideExtend(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActExtend, func(r registry.ExtendRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.Extend)
}

func decideExplainDelay(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActExplainDelay, reasonsFor, registry.ExplainDelay)
}

// outcome turns what registry decided into writes.
func (c *Context) outcome(key string, file registry.Case, out registry.Outcome, refusals registry.Refusals) decision {
	d := decision{key: key, refusals: refusals}
	if len(refusals) > 0 {
		return d
	}
	app := out.Application
	before := ""
	if file.Application != nil {
		before = string(file.Application.Status)
	}
	d.receipt = registry.Receipt{Application: app.ID, Status: string(app.Status), Asset: app.Asset, Certificate: app.Certificate}
	d.add(registry.ObjectApplication, string(app.ID), before, string(app.Status), file.Application == nil, app, string(app.ID))
	if out.LockID != "" {
		d.add(registry.ObjectLock, out.LockID, "", "", true, registry.Lock{Application: app.ID, Mark: c.mark()}, out.LockID)
	}
	if o := out.Objection; o != nil {
		d.objection(*o, file.Objection)
	}
	d.entries(c, file, out)
	d.notices(nil, out.Notices...)
	return d
}

// entries are the writes to the register: pages, certificates, earlier versions, carried remarks and the serial.
func (d *decision) entries(c *Context, file registry.Case, out registry.Outcome) {
	for _, page := range out.Assets {
		before, created := "", true
		if file.Asset != nil && file.Asset.ID == page.ID {
			before, created = string(file.Asset.Status), false
		}
		d.add(registry.ObjectAsset, string(page.ID), before, string(page.Status), created, page, string(page.ID))
	}
	for _, cert := range out.Certificates {
		before, created := "", true
		if file.Current != nil && file.Current.Number == cert.Number {
			before, created = file.Current.Status, false
		}
		d.add(registry.ObjectCertificate, string(cert.Number), before, cert.Status, created, cert, string(cert.Number))
	}
	for _, v := range out.Versions {
		n := strconv.Itoa(max(v.Version, 1))
		d.add(registry.ObjectVersion, string(v.Asset)+"/"+n, "", "SUPERSEDED", true, v, string(v.Asset), n)
	}
	for _, l := range out.Limits {
		n := strconv.Itoa(l.N)
		d.add(registry.ObjectLimit, string(l.Asset)+"/"+n, "", l.Status, true, l, string(l.Asset), n)
	}
	if out.Serial > 0 {
		number := string(out.Certificates[0].Number)
		d.add(registry.ObjectSerial, number[4:16], strconv.Itoa(file.Serial), strconv.Itoa(out.Serial), file.Serial == 0,
			registry.Serial{Last: out.Serial, Mark: c.mark()}, string(out.Application.Track), number[4:10], number[10:16])
	}
}

func (d *decision) add(object, id, before, after string, created bool, record any, attributes ...string) {
	d.writes = append(d.writes, write{object: object, attributes: attributes, id: id, before: before, after: after, created: created, record: record})
}

func decideDocuments(c *Context, doc string) (decision, error) {
	var req registry.RecordDocumentsRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	cert, err := find[registry.Certificate](c, registry.ObjectCertificate, clean(string(req.Number)))
	if err != nil {
		return decision{}, err
	}
	issuer, err := c.office(registry.OfficeIssuer)
	if err != nil {
		return decision{}, err
	}
	done, refusals := registry.RecordDocuments(c.facts, req, cert, issuer)
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{Certificate: done.Number, Status: done.Status}}
	d.add(registry.ObjectCertificate, string(done.Number), done.Status, done.Status, false, done, string(done.Number))
	return d, nil
}

// clean keeps what a caller sent from being an invalid key: nothing is found under it.
func clean(id string) string {
	if strings.ContainsAny(id, "\x00\U0010FFFF") || id == "" || len(id) > 128 {
		return "-"
	}
	return id
}
