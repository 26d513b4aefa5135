package web

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// submits are the kinds of submissions that a person may make; an annual report has a page of its own.
func submits(a registry.Actor) (kinds []registry.SubmissionKind) {
	for _, kind := range registry.SubmissionKinds {
		if registry.CheckAccess("supervision:Submit", a) == nil && slices.Contains(registry.SubmittedBy[kind], a.Role) && kind != registry.SubmissionAnnual {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// disclosures is the public list of disclosures and annual reports (信息披露、年度报告).
func (p *pages) disclosures(c echo.Context) error {
	page, err := p.desk.Submitted.Submissions(c.Request().Context(), desk.SubmissionFilter{Kinds: []registry.SubmissionKind{registry.SubmissionDisclosure, registry.SubmissionAnnual}, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	var by []registry.PartyID
	for _, s := range page.Submissions {
		by = append(by, s.By)
	}
	return p.show(c, "disclosures", map[string]any{"Page": page, "Names": p.names(c.Request().Context(), by)})
}

// submissions are those of the person's body, and what is said of its credit; officers of the bureau and regulators see all.
func (p *pages) submissions(c echo.Context) error {
	return p.showSubmissions(c, http.StatusOK, contest{Form: url.Values{}}, nil)
}

func (p *pages) showSubmissions(c echo.Context, status int, t contest, wrong []obstacle) error {
	ctx, self := c.Request().Context(), p.self(c)
	filter := desk.SubmissionFilter{By: self.Actor.Party, Limit: 50, After: c.QueryParam("after")}
	if desk.Supervises(self.Actor) {
		filter.By = ""
	}
	if kind := c.QueryParam("kind"); kind != "" {
		filter.Kinds = []registry.SubmissionKind{registry.SubmissionKind(kind)}
	}
	page, err := p.desk.Submitted.Submissions(ctx, filter)
	if err != nil {
		return err
	}
	data := map[string]any{"Page": page, "Tried": t, "Wrong": wrong, "Act": t.Form.Get("kind"), "Offered": submits(self.Actor), "Kinds": registry.SubmissionKinds, "Kind": c.QueryParam("kind"),
		"Key": "submission-" + rand.Text(), "Natures": registry.CreditNatures, "Annual": slices.Contains(registry.SubmittedBy[registry.SubmissionAnnual], self.Actor.Role)}
	if !desk.Supervises(self.Actor) && self.Actor.Party != "" {
		credited, err := p.desk.Submitted.Submissions(ctx, desk.SubmissionFilter{Credited: self.Actor.Party, Limit: 50})
		if err != nil {
			return err
		}
		data["Credited"] = credited.Submissions
	}
	var named []registry.PartyID
	if desk.Supervises(self.Actor) {
		if named, err = p.desk.Submitted.Unfiled(ctx); err != nil {
			return err
		}
		data["Unfiled"] = slices.Clone(named)
	}
	for _, s := range page.Submissions {
		named = append(named, s.By)
	}
	data["Names"] = p.names(ctx, named)
	return p.showStatus(c, status, "submissions", data)
}

// submit prepares a submission: the document is a file, the rest what its kind asks for.
func (p *pages) submit(c echo.Context) error {
	t, err := p.readContest(c, registry.MaterialReport)
	if err != nil {
		return err
	}
	request := registry.SubmitSubmissionRequest{Key: t.Form.Get("key"), Kind: registry.SubmissionKind(t.Form.Get("kind")), Paper: document(t), Corrects: registry.SubmissionID(registry.NormaliseCode(t.Form.Get("corrects")))}
	field := func(name string) string { return strings.TrimSpace(t.Form.Get(name)) }
	wrong := t.wrong()
	switch request.Kind {
	case registry.SubmissionValuation:
		request.Asset = registry.AssetID(registry.NormaliseCode(t.Form.Get("asset")))
		amount, ok := fenOf(field("amount"))
		if !ok {
			wrong = append(wrong, obstacle{Text: view{Lang: p.lang(c)}.Tr("评估价值请填人民币元，最多两位小数", "Give the value in yuan, with at most two decimals"), Anchor: "amount"})
		}
		request.Valuation = &registry.Valuation{Assessor: registry.PartyID(registry.NormaliseCode(t.Form.Get("assessor"))), BaseDate: registry.Date(field("baseDate")), Purpose: field("purpose"), AmountFen: amount}
	case registry.SubmissionImportant:
		request.Important = &registry.ImportantData{Items: typed(t.Form).number("items"), Institution: field("institution"), Responsible: t.Form.Get("responsible") != ""}
	case registry.SubmissionDisclosure:
		request.Disclosure = &registry.Disclosure{Title: field("title"), From: registry.Date(field("from")), To: registry.Date(field("to"))}
	case registry.SubmissionCredit:
		order := request.Paper // the one document is the authority's
		order.Kind = registry.MaterialOrder
		request.Credit = &registry.Credit{Party: registry.PartyID(registry.NormaliseCode(t.Form.Get("party"))), Nature: t.Form.Get("nature"), Grounds: field("grounds"), Until: registry.Date(field("until")),
			Warrant: registry.Warrant{Authority: field("authority"), Number: field("number"), Document: order}}
	}
	return p.try(c, "supervision:Submit", request, "/submissions", wrong, func(wrong []obstacle) error {
		return p.showSubmissions(c, http.StatusUnprocessableEntity, t, wrong)
	})
}

// fenOf reads an amount in yuan, without floating-point numbers.
func fenOf(yuan string) (int64, bool) {
	whole, cents, _ := strings.Cut(strings.NewReplacer(",", "", "，", "", "元", "").Replace(yuan), ".")
	if len(cents) > 2 || whole == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+(cents + "00")[:2], 10, 63)
	return int64(n), err == nil && n <= registry.MaxInteger
}

// findSubmission is the submission that the address names, if the person may see it; public ones anybody may.
func (p *pages) findSubmission(c echo.Context) (registry.Submission, error) {
	s, err := p.desk.Submission(c.Request().Context(), registry.SubmissionID(c.Param("id")))
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return s, unavailable(err)
	}
	if err != nil || !p.self(c).SeesSubmission(s) {
		return s, echo.NewHTTPError(http.StatusNotFound, "没有这件报送，或者您无权查看")
	}
	return s, nil
}

// submission shows a submission. The figures of an annual report are computed anew and compared.
func (p *pages) submission(c echo.Context) error {
	s, err := p.findSubmission(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	named := []registry.PartyID{s.By}
	if s.Valuation != nil {
		named = append(named, s.Valuation.Assessor)
	}
	if s.Credit != nil {
		named = append(named, s.Credit.Party)
	}
	data := map[string]any{"Submission": s, "Names": p.names(ctx, named)}
	if s.Annual != nil {
		asOf, err := p.desk.Records.AsOf(ctx)
		if err != nil {
			return err
		}
		if int64(asOf.Block) >= s.Annual.Block {
			figures, err := p.desk.Figures(ctx, s.Annual.Year, s.Annual.Block)
			if err != nil {
				return err
			}
			_, digest, err := figures.Document()
			if err != nil {
				return err
			}
			data["Figures"], data["Same"] = figures, digest == s.Annual.Digest
		}
	}
	return p.show(c, "submission", data)
}

// submissionFile gives the document of a submission to whoever may see it.
func (p *pages) submissionFile(c echo.Context) error {
	s, err := p.findSubmission(c)
	if err != nil {
		return err
	}
	return p.sendObtained(c, s.Paper.CID)
}

// lastYear is the year on which an annual report is due now.
func (p *pages) lastYear() int64 { return int64(p.now().In(registry.Zone).Year()) - 1 }

// annualReport shows the figures of last year as the ledger has them, from which the report is made.
func (p *pages) annualReport(c echo.Context) error {
	ctx := c.Request().Context()
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	figures, err := p.desk.Figures(ctx, p.lastYear(), int64(asOf.Block))
	if err != nil {
		return err
	}
	made, err := p.desk.Submitted.Submissions(ctx, desk.SubmissionFilter{Kinds: []registry.SubmissionKind{registry.SubmissionAnnual}, By: p.self(c).Actor.Party, Limit: 50})
	if err != nil {
		return err
	}
	data := map[string]any{"Figures": figures, "Due": registry.AnnualDue(figures.Year), "Today": registry.CivilDate(p.now()), "AsOf": asOf, "Key": "annual-" + rand.Text()}
	for _, s := range made.Submissions {
		if s.Annual != nil && s.Annual.Year == figures.Year && s.Status == registry.SubmissionInForce {
			data["Made"] = s
		}
	}
	return p.show(c, "annual", data)
}

// submitAnnual prepares the report on last year: its document is the figures as of the block that the person saw.
func (p *pages) submitAnnual(c echo.Context) error {
	ctx := c.Request().Context()
	block, err := strconv.ParseInt(c.FormValue("block"), 10, 64)
	asOf, asOfErr := p.desk.Records.AsOf(ctx)
	if asOfErr != nil {
		return asOfErr
	}
	if err != nil || block < 1 || block > int64(asOf.Block) {
		return echo.NewHTTPError(http.StatusBadRequest, "请从年度报告页面提交")
	}
	figures, err := p.desk.Figures(ctx, p.lastYear(), block)
	if err != nil {
		return err
	}
	body, digest, err := figures.Document()
	if err != nil {
		return err
	}
	file, err := p.desk.Keep(ctx, p.self(c), bytes.NewReader(body), "annual-"+strconv.FormatInt(figures.Year, 10)+".json", registry.MaterialReport, p.desk.UploadLimit)
	if err != nil {
		return unavailable(err)
	}
	return p.sign(c, "supervision:Submit", registry.SubmitSubmissionRequest{Key: c.FormValue("key"), Kind: registry.SubmissionAnnual, Paper: material(file), Corrects: registry.SubmissionID(c.FormValue("corrects")),
		Annual: &registry.Annual{Year: figures.Year, Block: block, Digest: digest}}, "/disclosures")
}

// reconciliations are the batches of which the person's body is one side.
func (p *pages) reconciliations(c echo.Context) error {
	return p.showReconciliations(c, http.StatusOK, url.Values{}, nil)
}

func (p *pages) showReconciliations(c echo.Context, status int, form url.Values, wrong []obstacle) error {
	ctx, self := c.Request().Context(), p.self(c)
	sent, err := p.desk.Submitted.Batches(ctx, desk.BatchFilter{Sender: self.Actor.Party, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	received, err := p.desk.Submitted.Batches(ctx, desk.BatchFilter{Receiver: self.Actor.Party, Limit: 50})
	if err != nil {
		return err
	}
	var sides []registry.PartyID
	for _, b := range append(slices.Clone(sent.Batches), received.Batches...) {
		sides = append(sides, b.Sender, b.Receiver)
	}
	return p.showStatus(c, status, "reconciliations", map[string]any{"Sent": sent, "Received": received.Batches, "AsOf": sent.AsOf, "Names": p.names(ctx, sides), "Party": self.Actor.Party, "Form": form, "Wrong": wrong,
		"Batch": c.Param("id"), "Key": "batch-" + rand.Text(), "Directions": []string{registry.BatchReturn, registry.BatchBackflow}})
}

// countedIn is what a form says of a batch; what is no number is none that the ledger takes.
func countedIn(form url.Values) registry.Counted {
	records, err := strconv.ParseInt(strings.ReplaceAll(registry.NormaliseCode(form.Get("records")), ",", ""), 10, 64)
	if err != nil {
		records = -1
	}
	return registry.Counted{Records: records, Digest: strings.ToLower(registry.NormaliseCode(form.Get("digest")))}
}

// openBatch prepares the sender's record of a batch.
func (p *pages) openBatch(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return incomplete(err)
	}
	request := registry.OpenBatchRequest{Key: form.Get("key"), Direction: form.Get("direction"), Name: strings.TrimSpace(form.Get("name")), Item: registry.NormaliseCode(form.Get("item")),
		Receiver: registry.PartyID(registry.NormaliseCode(form.Get("receiver"))), Counted: countedIn(form)}
	return p.try(c, "supervision:OpenBatch", request, "/reconciliations", nil, func(wrong []obstacle) error {
		return p.showReconciliations(c, http.StatusUnprocessableEntity, form, wrong)
	})
}

// batchAct prepares what the receiver states, or the end of a reconciliation.
func (p *pages) batchAct(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return incomplete(err)
	}
	id := registry.BatchID(c.Param("id"))
	var function string
	var request any
	switch c.Param("act") {
	case "state":
		function, request = "supervision:StateBatch", registry.StateBatchRequest{Key: form.Get("key"), Batch: id, Counted: countedIn(form)}
	case "close":
		function, request = "supervision:CloseBatch", registry.CloseBatchRequest{Key: form.Get("key"), Batch: id, Variance: strings.TrimSpace(form.Get("variance"))}
	default:
		return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
	}
	return p.try(c, function, request, "/reconciliations", nil, func(wrong []obstacle) error {
		return p.showReconciliations(c, http.StatusUnprocessableEntity, form, wrong)
	})
}
