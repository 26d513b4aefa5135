package registry

import "slices"

// SweepRequest is the document of registration:Sweep: cases and pages of the register to be looked at, at most 20 of each.
type SweepRequest struct {
	Key          string          `json:"key"`
	Applications []ApplicationID `json:"applications,omitempty"`
	Assets       []AssetID       `json:"assets,omitempty"`
}

const maxSwept = 20

// Swept are the records that a sweep looks at, or those that it writes; nil for an identifier without a record.
type Swept struct {
	Applications []*Application
	Assets       []SweptAsset
}

// SweptAsset is a page of the register with its certificate and the act that is open on it.
type SweptAsset struct {
	Asset       *Asset
	Certificate *Certificate
	Open        *Application
}

// Sweep judges the writing down of what has come about by time alone (nothing fires by itself): lapsed supplements, expired
// registrations. What is not due is left alone; a sweep that finds nothing is refused.
func Sweep(f Facts, req SweepRequest, found Swept) (Swept, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.when(len(req.Applications)+len(req.Assets) == 0, "applications", ProblemMissing, RuleAcceptance)
	v.swept("applications", len(req.Applications), func(i int) bool { return slices.Contains(req.Applications[:i], req.Applications[i]) })
	v.swept("assets", len(req.Assets), func(i int) bool { return slices.Contains(req.Assets[:i], req.Assets[i]) })
	rs.add(v.refusal())
	var due Swept
	for _, a := range found.Applications {
		if a == nil || f.forward(a.Mark) != nil || a.EffectiveStatus(f.At) == a.Status {
			continue
		}
		due.Applications = append(due.Applications, lapse(f, *a))
	}
	for _, a := range found.Assets {
		if a.Asset != nil && a.Certificate != nil && a.Asset.EffectiveStatus(a.Open, f.At) == AssetExpired && a.Asset.Status != AssetExpired {
			due.Assets = append(due.Assets, expire(f, a))
		}
	}
	if len(due.Applications)+len(due.Assets) == 0 {
		rs.add(Refuse(CodeNothingDue, RuleAcceptance))
	}
	return due, rs
}

func (v *fieldCheck) swept(path string, n int, before func(int) bool) {
	v.when(n > maxSwept, path, ProblemTooMany, RuleAcceptance)
	for i := range n {
		v.when(before(i), at(path, i), ProblemDuplicate, RuleAcceptance)
	}
}

func lapse(f Facts, a Application) *Application {
	app, c := copyApplication(a), Case{Facts: f}
	c.finish(&app, DeadlineSupplement)
	c.finish(&app, DeadlineJoin)
	c.move(&app, ActSweep, a.EffectiveStatus(f.At), false)
	return &app
}

func expire(f Facts, a SweptAsset) SweptAsset {
	page, cert := *a.Asset, *a.Certificate
	page.Status, page.Mark = AssetExpired, page.Mark.touch(f)
	cert.Status, cert.Mark = CertificateExpired, cert.Mark.touch(f)
	return SweptAsset{Asset: &page, Certificate: &cert}
}
