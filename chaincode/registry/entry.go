package registry

import "strconv"

// Register judges entry in the register (登簿赋码, 附录23, 第二十六条): a first registration makes a page and its certificate record; the
// other kinds make a new version of the page, a page for the transferee, or end it.
func Register(c Case, req RegisterRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActRegister)
	if c.Registrar.Active() && c.Registrar.CurrentKey == "" {
		rs.add(Refuse(CodeKeyUnknown, RuleCertificate, "registrar", c.Registrar.Holder))
	}
	if c.Serial+app.draws() > MaxSerial {
		rs.add(Refuse(CodeSerialExhausted, RuleCertificate, "max", strconv.Itoa(MaxSerial)))
	}
	if c.Profile == nil {
		return Outcome{}, append(rs, Refuse(CodeProfileMissing, RuleTerm, "track", string(app.Track)))
	}
	years, r := c.validity(app, req.Years)
	rs.add(r)
	if app.Target == "" && c.Applicant != nil {
		rs = append(rs, CheckRights(app.Content, *c.Applicant)...)
	}
	if app.Target != "" {
		rs.add(c.enterable(app))
	}
	if len(rs) > 0 {
		return Outcome{}, rs
	}
	out := c.enter(&app, years)
	c.move(&app, ActRegister, t.To, c.finish(&app, DeadlineReview))
	out.Application = app
	return out, nil
}

// draws is how many certificate numbers an entry may need.
func (a *Application) draws() int {
	switch a.Action {
	case ActionCancellation:
		return 0
	case ActionTransfer:
		return 2
	}
	return 1
}

// validity is the number of years for which the registration will be valid; only a first registration chooses here.
func (c Case) validity(app Application, years int) (int, *Refusal) {
	longest := c.Profile.Validity.N
	v := fieldCheck{}
	switch {
	case app.Target != "":
		v.when(years != 0, "years", ProblemNotAllowed, RuleDeposit)
	case years == 0:
		return longest, nil
	case years < 1 || years > longest:
		v.add("years", ProblemRange, RuleDeposit, "min", "1", "max", strconv.Itoa(longest))
	}
	return years, v.refusal()
}

// enterable refuses an entry on a page that has ended meanwhile, or that an order has frozen since (I11).
func (c Case) enterable(app Application) *Refusal {
	if refusal := c.page(c.Asset, app.Target); refusal != nil {
		return refusal
	}
	if c.Current == nil {
		return Refuse(CodeNotFound, RuleCertificate, "certificate", string(c.Asset.Certificate))
	}
	if status := c.Asset.EffectiveStatus(c.OnAsset, c.At); status == AssetExpired {
		return Refuse(CodeAssetEnded, RuleRenewal, "asset", string(c.Asset.ID), "assetStatus", string(status))
	}
	if refusal := c.undisputed(app.Action); refusal != nil {
		return refusal
	}
	return c.unfrozen(app.Action)
}

// enter makes what the case enters in the register.
func (c Case) enter(app *Application, years int) Outcome {
	switch app.Action {
	case ActionChange, ActionCorrection:
		return c.reenter(app, app.Content, c.Asset.ValidFrom, c.Asset.ValidUntil)
	case ActionRenewal:
		from := c.Asset.ValidUntil.AddDays(1)
		return c.reenter(app, c.Asset.Content, from, untilOperation(c.Asset.Content, c.Asset.ValidUntil.addMonths(12*app.Renewal.Years)))
	case ActionTransfer:
		return c.enterTransfer(app)
	case ActionCancellation:
		ended, cert := c.end(*c.Asset, *c.Current, Ending{Act: ActRegister, Ground: app.Cancellation.Ground, Reasons: app.Cancellation.Reasons, Application: app.ID})
		app.Asset, app.Certificate = ended.ID, cert.Number
		return Outcome{Assets: []Asset{ended}, Certificates: []Certificate{cert}}
	}
	page := Asset{
		ID: AssetID(DerivedID("AST", c.TxID)), Track: app.Track, Version: 1, Holder: app.Applicant, HolderName: app.ApplicantName,
		Content: app.Content, Status: AssetActive, ValidFrom: c.Today, ValidUntil: untilOperation(app.Content, c.Today.addMonths(12*years)),
		RetainUntil: c.retention(), Application: app.ID, Profile: app.Profile, Paper: app.Paper, Mark: Mark{}.touch(c.Facts),
	}
	cert := c.certify(&page, c.Serial+1, nil)
	app.Asset, app.Certificate = page.ID, cert.Number
	return Outcome{Assets: []Asset{page}, Certificates: []Certificate{cert}, Serial: c.Serial + 1}
}

// untilOperation shortens the validity of a public product to the operating term of its authorisation (第十五条 of the public-data rules, I6).
func untilOperation(c Content, until Date) Date {
	if c.Public != nil && c.Public.Operation != nil && c.Public.Operation.Until < until {
		return c.Public.Operation.Until
	}
	return until
}

func (c Case) retention() Date { return c.Today.addMonths(12 * c.Profile.Retention.N) }

// reenter makes the next version of a page with its certificate; the old certificate is superseded.
func (c Case) reenter(app *Application, content Content, from, until Date) Outcome {
	page, old := *c.Asset, *c.Current
	before := Certify(page, old)
	page.Version++
	page.Content, page.ValidFrom, page.ValidUntil, page.RetainUntil = content, from, until, c.retention()
	page.Application, page.Profile, page.Open, page.Mark = app.ID, app.Profile, "", page.Mark.touch(c.Facts)
	if c.Holder != nil {
		page.HolderName = c.Holder.Name
	}
	if app.Applicant == page.Holder {
		page.Paper = app.Paper
	}
	cert := c.certify(&page, c.Serial+1, &old)
	app.Asset, app.Certificate = page.ID, cert.Number
	return Outcome{Assets: []Asset{page}, Certificates: []Certificate{cert, old}, Versions: []CertifiedContent{before}, Serial: c.Serial + 1}
}

// enterTransfer makes the transferee's page with the rights that move; the transferor keeps nothing of them (第三十四条, I10). Where
// other rights remain, the transferor's page gets a new version without those that moved; otherwise it is superseded. Remarks of the
// registrar move with the rights.
func (c Case) enterTransfer(app *Application) Outcome {
	moved, rest := splitRights(c.Asset.Content.Rights, app.Transfer.Rights)
	page := Asset{
		ID: AssetID(DerivedID("AST", c.TxID)), Track: c.Asset.Track, Version: 1, Holder: app.Transfer.To, HolderName: app.Transfer.Name,
		Content: c.Asset.Content, Status: AssetActive, ValidFrom: c.Today, ValidUntil: c.Asset.ValidUntil, RetainUntil: c.retention(),
		Application: app.ID, Previous: c.Asset.ID, Profile: app.Profile, Paper: app.Transfer.Paper, Mark: Mark{}.touch(c.Facts),
	}
	page.Content.Rights, page.Content.Acquisition = moved, "TRANSFERRED"
	limits := c.carry(&page)
	cert := c.certify(&page, c.Serial+1, nil)
	out := Outcome{Serial: c.Serial + 1, Limits: limits}
	if len(rest) > 0 {
		remaining := c.Asset.Content
		remaining.Rights = rest
		second := c
		second.Serial++
		out = second.reenter(app, remaining, c.Asset.ValidFrom, c.Asset.ValidUntil)
		out.Limits = limits
	} else {
		old, page2 := *c.Current, *c.Asset
		old.Status, old.ReplacedBy, old.Mark = CertificateSuperseded, cert.Number, old.Mark.touch(c.Facts)
		page2.Status, page2.Next, page2.Open, page2.Mark = AssetSuperseded, page.ID, "", page2.Mark.touch(c.Facts)
		out.Assets, out.Certificates = []Asset{page2}, []Certificate{old}
	}
	app.Asset, app.Certificate = page.ID, cert.Number
	out.Assets, out.Certificates = append([]Asset{page}, out.Assets...), append([]Certificate{cert}, out.Certificates...)
	out.LockID = LockID(page.Holder, page.Content)
	return out
}

func splitRights(claims []RightClaim, kinds []Right) (moved, rest []RightClaim) {
	moving := map[Right]bool{}
	for _, k := range kinds {
		moving[k] = true
	}
	for _, claim := range claims {
		if moving[claim.Kind] {
			moved = append(moved, claim)
		} else {
			rest = append(rest, claim)
		}
	}
	return moved, rest
}

// carry enters the remarks in force on the transferee's page.
func (c Case) carry(page *Asset) []Limit {
	var carried []Limit
	for _, l := range c.Limits {
		if l.Status != LimitInForce || !(LimitHead{Until: l.Until}).InForce(c.Today) {
			continue
		}
		page.LimitCount++
		l.Asset, l.N, l.Mark = page.ID, page.LimitCount, Mark{}.touch(c.Facts)
		page.Limits = append(page.Limits, LimitHead{N: l.N, Kind: l.Kind, Until: l.Until})
		carried = append(carried, l)
	}
	return carried
}

// certify makes the certificate record of a page's present version; old is the one that it replaces, or nil.
func (c Case) certify(page *Asset, serial int, old *Certificate) Certificate {
	page.Certificate = NewCertificateNumber(page.Track, NumberRegion(page.Content.Region), c.Today, serial)
	cert := Certificate{
		Number: page.Certificate, Kind: page.Track.document(), Asset: page.ID, Application: page.Application, Version: page.Version, Holder: page.Holder,
		Registrar: c.Actor.Party, IssuedAt: c.At, ValidFrom: page.ValidFrom, ValidUntil: page.ValidUntil,
		KeyID: c.Registrar.CurrentKey, Profile: page.Profile, Status: CertificateValid, TxID: c.TxID, Mark: Mark{}.touch(c.Facts),
	}
	if old != nil {
		cert.Replaces = old.Number
		old.Status, old.ReplacedBy, old.Mark = CertificateSuperseded, cert.Number, old.Mark.touch(c.Facts)
	}
	cert.ContentDigest = Digest(Certify(*page, cert))
	return cert
}

// NumberRegion is the region that stands in a certificate number: the asset's, or the city's for an asset whose activity
// is in Haidong but whose region is not.
func NumberRegion(region string) string {
	if RegionName(region) == "" {
		return Regions[0].Code
	}
	return region
}
