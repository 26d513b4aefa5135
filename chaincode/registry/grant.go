package registry

import (
	"slices"
	"time"
)

// GrantKind is the kind of an authorisation (授权).
type GrantKind string

// GrantLicence is a licence between holders of data that is not public: both sign, no reviews.
const GrantLicence GrantKind = "LICENCE"

// GrantStatus is the status of a grant.
type GrantStatus string

// Statuses of a grant. EXPIRED is derived of the last day; a grant on an asset that is frozen or has ended is SUSPENDED as of that time.
// DECLINED, WITHDRAWN, REVOKED and EXPIRED are final.
const (
	GrantProposed  GrantStatus = "PROPOSED"  // 待被授权方签署
	GrantActive    GrantStatus = "ACTIVE"    // 有效
	GrantSuspended GrantStatus = "SUSPENDED" // 暂停
	GrantDeclined  GrantStatus = "DECLINED"  // 被授权方谢绝
	GrantWithdrawn GrantStatus = "WITHDRAWN" // 授权方撤回
	GrantRevoked   GrantStatus = "REVOKED"   // 授权方撤销
	GrantExpired   GrantStatus = "EXPIRED"   // 期限届满
)

// Grant lets another party use data under a policy. It passes on no right that the grantor does not hold, and gives no right to pass it on.
type Grant struct {
	ID        GrantID     `json:"id"`
	Kind      GrantKind   `json:"kind"`
	Asset     AssetID     `json:"asset"`
	Grantor   PartyID     `json:"grantor"`
	Grantee   PartyID     `json:"grantee"`
	Policy    Policy      `json:"policy"`
	Agreement string      `json:"agreement"` // CID of what the parties signed
	Status    GrantStatus `json:"status"`
	Proposer  PersonID    `json:"proposer"`
	Signer    PersonID    `json:"signer,omitempty"` // for the grantee
	SignedAt  *time.Time  `json:"signedAt,omitempty"`
	Reason    string      `json:"reason,omitempty"` // of the last suspension or of the end
	Mark      Mark        `json:"mark"`
}

// GrantCase is everything that an act on a grant may look at; nil means that the ledger has no such record.
type GrantCase struct {
	Facts
	Grant   *Grant
	Asset   *Asset
	OnAsset *Application // the act that the page names as open, or nil
	Grantor *Party
	Grantee *Party
}

// EffectiveStatus is the status as of an instant: a grant ends with its last day and rests while its asset does.
func (g *Grant) EffectiveStatus(asset *Asset, open *Application, at time.Time) GrantStatus {
	switch {
	case g.Status != GrantProposed && g.Status != GrantActive && g.Status != GrantSuspended:
		return g.Status
	case CivilDate(at) > g.Policy.To:
		return GrantExpired
	case g.Status == GrantActive && passable(asset, open, g.Policy.Right, at) != nil:
		return GrantSuspended
	}
	return g.Status
}

// passable refuses a right that the holder of a page cannot pass on at an instant (第三十五条; I11).
func passable(a *Asset, open *Application, right Right, at time.Time) *Refusal {
	if a == nil {
		return Refuse(CodeNotFound, RuleForm, "asset", "-")
	}
	switch status := a.EffectiveStatus(open, at); status {
	case AssetActive:
	case AssetFrozen:
		return Refuse(CodeAssetFrozen, RuleRemarks, "asset", string(a.ID))
	default:
		return Refuse(CodeAssetEnded, RuleCancellation, "asset", string(a.ID), "assetStatus", string(status))
	}
	day := CivilDate(at)
	if !a.holds(right, day, day) {
		return Refuse(CodeRightNotHeld, RuleRights, "right", string(right), "asset", string(a.ID))
	}
	return nil
}

// holds says whether the page registers a right for all days of a term.
func (a *Asset) holds(right Right, from, to Date) bool {
	return slices.ContainsFunc(a.Content.Rights, func(c RightClaim) bool {
		return c.Kind == right && c.From <= from && (c.To == "" || to <= c.To)
	})
}

// ProposeGrantRequest is the document of authorization:Propose.
type ProposeGrantRequest struct {
	Key       string    `json:"key"`
	Kind      GrantKind `json:"grantKind"`
	Asset     AssetID   `json:"asset"`
	Grantee   PartyID   `json:"grantee"`
	Policy    Policy    `json:"policy"`
	Agreement string    `json:"agreement"`
}

// ProposeGrant judges the grantor's signature of a grant: the holder of an asset in force, with a right that it holds for the whole term.
func ProposeGrant(c GrantCase, req ProposeGrantRequest) (Grant, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.oneOf("grantKind", string(req.Kind), string(GrantLicence))
	v.partyID("grantee", req.Grantee)
	v.when(req.Grantee == c.Actor.Party, "grantee", ProblemNotAllowed, RuleRights)
	v.cid("agreement", req.Agreement, RuleRights)
	v.policy(req.Policy, CivilDate(c.At))
	rs.add(v.refusal())
	if c.Asset == nil {
		return Grant{}, append(rs, Refuse(CodeNotFound, RuleForm, "asset", clip(string(req.Asset))))
	}
	if c.Asset.Holder != c.Actor.Party {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Actor.Party), "applicant", string(c.Asset.Holder)))
	}
	if c.Asset.Track != TrackDataAsset { // public data: authorised operation and reviews (I12)
		rs.add(Refuse(CodeActionRefused, RuleAgreedUse, "action", string(req.Kind), "track", string(c.Asset.Track)))
	}
	rs.add(activeParty(c.Actor.Party, c.Grantor))
	rs.add(activeParty(req.Grantee, c.Grantee))
	rs.add(c.grantable(req.Policy))
	return Grant{ID: GrantID(DerivedID("GRT", c.TxID)), Kind: req.Kind, Asset: req.Asset, Grantor: c.Actor.Party, Grantee: req.Grantee,
		Policy: req.Policy, Agreement: req.Agreement, Status: GrantProposed, Proposer: c.Actor.ID(), Mark: Mark{}.touch(c.Facts)}, rs
}

// grantable refuses a policy that reaches beyond what the grantor holds.
func (c GrantCase) grantable(p Policy) *Refusal {
	if refusal := passable(c.Asset, c.OnAsset, p.Right, c.At); refusal != nil {
		return refusal
	}
	if !c.Asset.holds(p.Right, p.From, p.To) || p.From < c.Asset.ValidFrom || p.To > c.Asset.ValidUntil {
		return Refuse(CodeRightNotHeld, RuleRights, "right", clip(string(p.Right)), "asset", string(c.Asset.ID))
	}
	return nil
}

// GrantRequest is the document of authorization:Sign and Resume.
type GrantRequest struct {
	Key   string  `json:"key"`
	Grant GrantID `json:"grant"`
}

// EndGrantRequest is the document of authorization:Decline, Withdraw, Suspend and Revoke.
type EndGrantRequest struct {
	Key    string  `json:"key"`
	Grant  GrantID `json:"grant"`
	Reason string  `json:"reason"`
}

// SignGrant judges the grantee's signature, with which the grant comes into force; the grantor must still hold what it grants.
func SignGrant(c GrantCase, req GrantRequest) (Grant, Refusals) {
	g, rs := c.open(req.Key, req.Grant, false, GrantProposed)
	if c.Grant == nil {
		return g, rs
	}
	rs.add(activeParty(g.Grantor, c.Grantor))
	rs.add(activeParty(g.Grantee, c.Grantee))
	rs.add(c.grantable(g.Policy))
	at := c.At
	g.Status, g.Signer, g.SignedAt = GrantActive, c.Actor.ID(), &at
	return g, rs
}

// ResumeGrant judges that the grantor lets a suspended grant go on.
func ResumeGrant(c GrantCase, req GrantRequest) (Grant, Refusals) {
	g, rs := c.open(req.Key, req.Grant, true, GrantSuspended)
	g.Status, g.Reason = GrantActive, ""
	return g, rs
}

// DeclineGrant judges that the grantee does not sign.
func DeclineGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantDeclined, false, GrantProposed)
}

// WithdrawGrant judges that the grantor takes a proposal back.
func WithdrawGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantWithdrawn, true, GrantProposed)
}

// SuspendGrant judges that the grantor suspends a grant; no use is allowed from this transaction on.
func SuspendGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantSuspended, true, GrantActive)
}

// RevokeGrant judges that the grantor ends a grant. It is recorded at once and waits for no evidence.
func RevokeGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantRevoked, true, GrantActive, GrantSuspended)
}

func (c GrantCase) end(req EndGrantRequest, to GrantStatus, byGrantor bool, from ...GrantStatus) (Grant, Refusals) {
	g, rs := c.open(req.Key, req.Grant, byGrantor, from...)
	v := fieldCheck{}
	v.text("reason", req.Reason, maxLine, RuleRights)
	rs.add(v.refusal())
	g.Status, g.Reason = to, req.Reason
	return g, rs
}

// open begins an act on an existing grant of one of the given statuses, by the grantor or by the grantee.
func (c GrantCase) open(key string, id GrantID, byGrantor bool, from ...GrantStatus) (Grant, Refusals) {
	rs := checkKey(key)
	if c.Grant == nil {
		rs.add(NotFound(string(id)))
		return Grant{}, rs
	}
	g := *c.Grant
	side := g.Grantee
	if byGrantor {
		side = g.Grantor
	}
	if c.Actor.Party != side {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Actor.Party), "applicant", string(side)))
	}
	if c.At.Before(g.Mark.UpdatedAt) {
		rs.add(Refuse(CodeClockBackwards, RuleDay, "at", instant(&c.At), "last", instant(&g.Mark.UpdatedAt)))
	}
	if !slices.Contains(from, g.Status) {
		rs.add(Refuse(CodeStatusWrong, RuleRights, "grantStatus", string(g.Status)))
	} else if CivilDate(c.At) > g.Policy.To {
		rs.add(Refuse(CodeStatusWrong, RuleRights, "grantStatus", string(GrantExpired)))
	}
	g.Mark = g.Mark.touch(c.Facts)
	return g, rs
}

// CheckUseRequest is the document of authorization:CheckUse: a hypothetical use by a party, and what was used before.
type CheckUseRequest struct {
	Grant    GrantID  `json:"grant"`
	User     PartyID  `json:"user"`
	Use      Use      `json:"use"`
	Counters Counters `json:"counters"`
}

// JudgeUse decides a use of a grant as it stands now: first whose it is and whether it is in force, then what the policy says.
func JudgeUse(c GrantCase, req CheckUseRequest) *Refusal {
	if c.Grant == nil {
		return NotFound(string(req.Grant))
	}
	if req.User != c.Grant.Grantee { // no right to pass it on
		return Refuse(CodeUseNotGrantee, RuleRights, "party", clip(string(req.User)), "grantee", string(c.Grant.Grantee))
	}
	if status := c.Grant.EffectiveStatus(c.Asset, c.OnAsset, c.At); status != GrantActive {
		return Refuse(CodeGrantInactive, RuleAgreedUse, "grant", string(c.Grant.ID), "grantStatus", string(status))
	}
	return Judge(c.Grant.Policy, req.Use, req.Counters, c.At)
}
