package registry

import (
	"slices"
	"time"
)

// GrantKind is the kind of an authorisation (授权).
type GrantKind string

// Kinds of grants.
const (
	GrantOperation   GrantKind = "OPERATION"       // 公共数据授权运营: by the implementing body to the operator, under an approved plan
	GrantDevelopment GrantKind = "DEVELOPMENT_USE" // 公共数据开发利用: by the operator, after three reviews
	GrantLicence     GrantKind = "LICENCE"         // between holders of data that is not public: both sign, no reviews
)

// GrantStatus is the status of a grant.
type GrantStatus string

// Statuses of a grant. EXPIRED is derived of the last day; a grant is SUSPENDED while its asset is frozen or has ended, or while the grant that
// it lies within is not in force. REFUSED, DECLINED, WITHDRAWN and CLOSED are final.
const (
	GrantInReview   GrantStatus = "IN_REVIEW"  // 审查中: compliance, security, algorithm
	GrantProposed   GrantStatus = "PROPOSED"   // 待被授权方签署
	GrantSigned     GrantStatus = "SIGNED"     // 已签署，待备案
	GrantActive     GrantStatus = "ACTIVE"     // 有效
	GrantSuspended  GrantStatus = "SUSPENDED"  // 暂停
	GrantRefused    GrantStatus = "REFUSED"    // 审查未通过
	GrantDeclined   GrantStatus = "DECLINED"   // 被授权方谢绝
	GrantWithdrawn  GrantStatus = "WITHDRAWN"  // 授权方撤回
	GrantRevoked    GrantStatus = "REVOKED"    // 授权方撤销
	GrantTerminated GrantStatus = "TERMINATED" // 被授权方终止
	GrantExpired    GrantStatus = "EXPIRED"    // 期限届满
	GrantClosed     GrantStatus = "CLOSED"     // 已办结: data deleted
)

// Grant lets another party use the data of one page of the register under a policy. It passes on no right that the grantor does not hold.
type Grant struct {
	ID        GrantID         `json:"id"`
	Kind      GrantKind       `json:"kind"`
	Asset     AssetID         `json:"asset"`
	Grantor   PartyID         `json:"grantor"`
	Grantee   PartyID         `json:"grantee"`
	Policy    Policy          `json:"policy"`
	Agreement string          `json:"agreement"`           // CID of what the parties signed
	Operation *OperationTerms `json:"operation,omitempty"` // of an authorised operation
	Parent    GrantID         `json:"parent,omitempty"`    // the operation under which a development use is granted
	Allotted  int64           `json:"allotted,omitempty"`  // of the quota, to development uses
	Reviews   []GrantReview   `json:"reviews,omitempty"`
	Status    GrantStatus     `json:"status"`
	Proposer  PersonID        `json:"proposer"`
	Signer    PersonID        `json:"signer,omitempty"` // for the grantee
	SignedAt  *time.Time      `json:"signedAt,omitempty"`
	Filing    *Filing         `json:"filing,omitempty"`
	Reason    string          `json:"reason,omitempty"`  // of the last suspension, of a refusal or of the end
	EndedAt   *time.Time      `json:"endedAt,omitempty"` // until when it was used by right
	// SuspendedAt is since when it is suspended by the grantor: what was used before counts.
	SuspendedAt *time.Time `json:"suspendedAt,omitempty"`
	Deletion    *Deletion  `json:"deletion,omitempty"`
	Mark        Mark       `json:"mark"`
}

// GrantCase is everything that an act on a grant may look at; nil means that the ledger has no such record.
type GrantCase struct {
	Facts
	Grant      *Grant
	Asset      *Asset
	OnAsset    *Application // the act that the page names as open, or nil
	Grantor    *Party
	Grantee    *Party
	Own        *Account     // of who acts
	Plan       *Plan        // of an operation
	Operator   *Appointment // of the grantee of an operation
	Parent     *Grant
	Reviewer   *Appointment // of who acts, for the review at hand
	Supervisor *Account     // of the deletion
	Head       *Head        // of the grant's traces
}

// running are the statuses that end with the last day of the term.
var running = []GrantStatus{GrantInReview, GrantProposed, GrantSigned, GrantActive, GrantSuspended}

// EffectiveStatus is the status as of an instant: a grant ends with its last day and rests while its asset does, or the grant that it lies within.
func (g *Grant) EffectiveStatus(asset *Asset, open *Application, parent *Grant, at time.Time) GrantStatus {
	switch {
	case !slices.Contains(running, g.Status):
		return g.Status
	case CivilDate(at) > g.Policy.To:
		return GrantExpired
	case g.Status != GrantActive:
		return g.Status
	case g.passable(asset, open, at) != nil:
		return GrantSuspended
	case g.Parent != "" && (parent == nil || parent.EffectiveStatus(asset, open, nil, at) != GrantActive):
		return GrantSuspended
	}
	return GrantActive
}

// passable refuses what cannot be passed on at an instant: of public data the page must be in force, of other data the right as well.
func (g *Grant) passable(asset *Asset, open *Application, at time.Time) *Refusal {
	if g.Kind == GrantLicence {
		return passable(asset, open, g.Policy.Right, at)
	}
	return grantablePage(asset, open, at)
}

// grantablePage refuses a page that is frozen or has ended (I11).
func grantablePage(a *Asset, open *Application, at time.Time) *Refusal {
	if a == nil {
		return Refuse(CodeNotFound, RuleForm, "asset", "-")
	}
	switch status := a.EffectiveStatus(open, at); status {
	case AssetActive:
		return nil
	case AssetFrozen:
		return Refuse(CodeAssetFrozen, RuleRemarks, "asset", string(a.ID))
	default:
		return Refuse(CodeAssetEnded, RuleCancellation, "asset", string(a.ID), "assetStatus", string(status))
	}
}

// passable refuses a right that the holder of a page cannot pass on at an instant (第三十五条; I11).
func passable(a *Asset, open *Application, right Right, at time.Time) *Refusal {
	if refusal := grantablePage(a, open, at); refusal != nil {
		return refusal
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

// ProposeGrantRequest is the document of authorization:Propose. Operation belongs to an operation, Parent to a development use.
type ProposeGrantRequest struct {
	Key       string          `json:"key"`
	Kind      GrantKind       `json:"grantKind"`
	Asset     AssetID         `json:"asset"`
	Grantee   PartyID         `json:"grantee"`
	Policy    Policy          `json:"policy"`
	Agreement string          `json:"agreement"`
	Operation *OperationTerms `json:"operation,omitempty"`
	Parent    GrantID         `json:"parent,omitempty"`
}

// ProposeGrant judges the grantor's signature of a grant. Only a licence and an operation go to the grantee at once; a development use is
// reviewed first.
func ProposeGrant(c GrantCase, req ProposeGrantRequest) (Grant, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.proposal(req, c.Facts)
	rs.add(v.refusal())
	if c.Asset == nil {
		return Grant{}, append(rs, Refuse(CodeNotFound, RuleForm, "asset", clip(string(req.Asset))))
	}
	g := Grant{ID: GrantID(DerivedID("GRT", c.TxID)), Kind: req.Kind, Asset: req.Asset, Grantor: c.Actor.Party, Grantee: req.Grantee,
		Policy: req.Policy, Agreement: req.Agreement, Operation: req.Operation, Parent: req.Parent, Status: GrantProposed, Proposer: c.Actor.ID(), Mark: Mark{}.touch(c.Facts)}
	if req.Kind == GrantDevelopment {
		g.Status = GrantInReview
	}
	if rs.First() != nil { // what follows needs well-formed terms
		return g, rs
	}
	rs.add(activeParty(c.Actor.Party, c.Grantor))
	rs.add(activeParty(req.Grantee, c.Grantee))
	return g, append(rs, c.grantable(g)...)
}

// proposal checks the form of a proposal: what belongs to its kind and nothing else.
func (v *fieldCheck) proposal(req ProposeGrantRequest, f Facts) {
	v.oneOf("grantKind", string(req.Kind), string(GrantLicence), string(GrantOperation), string(GrantDevelopment))
	v.partyID("grantee", req.Grantee)
	v.when(req.Grantee == f.Actor.Party, "grantee", ProblemNotAllowed, RuleRights)
	v.cid("agreement", req.Agreement, RuleRights)
	v.policy(req.Policy, CivilDate(f.At))
	v.when(req.Kind != GrantLicence && req.Policy.Right != RightUse && req.Policy.Right != "", "policy.right", ProblemNotAllowed, RuleAgreedUse)
	v.when(req.Kind != GrantOperation && req.Operation != nil, "operation", ProblemNotAllowed, RuleOperationItems)
	v.when(req.Kind != GrantDevelopment && req.Parent != "", "parent", ProblemNotAllowed, RuleAgreedUse)
	v.when(req.Kind == GrantOperation && req.Operation == nil, "operation", ProblemMissing, RuleOperationItems)
	if req.Operation != nil {
		v.operation(*req.Operation)
	}
}

// grantable refuses what reaches beyond what the grantor has: its registered right, its plan, or the operation granted to it.
func (c GrantCase) grantable(g Grant) Refusals {
	var rs Refusals
	public := c.Asset.Track != TrackDataAsset
	if public != (g.Kind != GrantLicence) {
		return append(rs, Refuse(CodeActionRefused, RuleAgreedUse, "grantKind", string(g.Kind), "track", string(c.Asset.Track)))
	}
	if refusal := g.passable(c.Asset, c.OnAsset, c.At); refusal != nil {
		return append(rs, refusal)
	}
	if g.Kind == GrantDevelopment {
		return append(rs, c.developable(g)...)
	}
	if c.Asset.Holder != g.Grantor {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(g.Grantor), "applicant", string(c.Asset.Holder)))
	}
	if g.Kind == GrantOperation {
		return append(rs, c.operable(g)...)
	}
	if p := g.Policy; !c.Asset.holds(p.Right, p.From, p.To) || p.From < c.Asset.ValidFrom || p.To > c.Asset.ValidUntil {
		rs.add(Refuse(CodeRightNotHeld, RuleRights, "right", clip(string(p.Right)), "asset", string(c.Asset.ID)))
	}
	return rs
}

// GrantRequest is the document of authorization:Sign and Resume.
type GrantRequest struct {
	Key   string  `json:"key"`
	Grant GrantID `json:"grant"`
}

// EndGrantRequest is the document of authorization:Decline, Withdraw, Suspend, Revoke and Terminate.
type EndGrantRequest struct {
	Key    string  `json:"key"`
	Grant  GrantID `json:"grant"`
	Reason string  `json:"reason"`
}

// SignGrant judges the grantee's signature; the grantor must still have what it grants. A licence and a development use come into force with it,
// an operation with its filing. What a development use may use is taken from the quota of the operation, which is answered changed.
func SignGrant(c GrantCase, req GrantRequest) (Grant, *Grant, Refusals) {
	g, rs := c.open(req.Key, req.Grant, granteeSide, GrantProposed)
	if c.Grant == nil {
		return g, nil, rs
	}
	rs.add(activeParty(g.Grantor, c.Grantor))
	rs.add(activeParty(g.Grantee, c.Grantee))
	rs = append(rs, c.grantable(g)...)
	at := c.At
	g.Status, g.Signer, g.SignedAt = GrantActive, c.Actor.ID(), &at
	if g.Kind == GrantOperation {
		g.Status = GrantSigned
	}
	if g.Kind != GrantDevelopment || c.Parent == nil {
		return g, nil, rs
	}
	parent := *c.Parent
	parent.Allotted += g.Policy.Quota.Quantity
	parent.Mark = parent.Mark.touch(c.Facts)
	return g, &parent, rs
}

// ResumeGrant judges that the grantor lets a suspended grant go on.
func ResumeGrant(c GrantCase, req GrantRequest) (Grant, Refusals) {
	g, rs := c.open(req.Key, req.Grant, grantorSide, GrantSuspended)
	g.Status, g.Reason, g.SuspendedAt = GrantActive, "", nil
	return g, rs
}

// DeclineGrant judges that the grantee does not sign.
func DeclineGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantDeclined, granteeSide, GrantProposed)
}

// WithdrawGrant judges that the grantor takes a proposal back, also one under review.
func WithdrawGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantWithdrawn, grantorSide, GrantInReview, GrantProposed)
}

// SuspendGrant judges that the grantor suspends a grant; no use is allowed from this transaction on.
func SuspendGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantSuspended, grantorSide, GrantActive)
}

// RevokeGrant judges that the grantor ends a grant. It is recorded at once and waits for no evidence.
func RevokeGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantRevoked, grantorSide, GrantSigned, GrantActive, GrantSuspended)
}

// TerminateGrant judges that the grantee ends a grant, as far as the agreement lets it (终止). It is recorded at once and waits for no evidence.
func TerminateGrant(c GrantCase, req EndGrantRequest) (Grant, Refusals) {
	return c.end(req, GrantTerminated, granteeSide, GrantSigned, GrantActive, GrantSuspended)
}

func (c GrantCase) end(req EndGrantRequest, to GrantStatus, by side, from ...GrantStatus) (Grant, Refusals) {
	g, rs := c.open(req.Key, req.Grant, by, from...)
	v := fieldCheck{}
	v.text("reason", req.Reason, maxLine, RuleRights)
	rs.add(v.refusal())
	g.Status, g.Reason = to, req.Reason
	at := c.At
	switch {
	case to == GrantSuspended:
		g.SuspendedAt = &at
	case (to == GrantRevoked || to == GrantTerminated) && g.SuspendedAt != nil: // nothing was allowed since then
		g.EndedAt = g.SuspendedAt
	case to == GrantRevoked || to == GrantTerminated:
		g.EndedAt = &at
	}
	return g, rs
}

// CloseGrantRequest is the document of authorization:Close.
type CloseGrantRequest struct {
	Key      string   `json:"key"`
	Grant    GrantID  `json:"grant"`
	Deletion Deletion `json:"deletion"`
}

// CloseGrant judges the close-out of a grant that has ended (办结): the grantor records that the data was deleted irreversibly under supervision.
func CloseGrant(c GrantCase, req CloseGrantRequest) (Grant, Refusals) {
	rs := checkKey(req.Key)
	if c.Grant == nil {
		return Grant{}, append(rs, NotFound(string(req.Grant)))
	}
	g := *c.Grant
	rs.add(c.bySide(g, grantorSide))
	rs.add(c.forward(g.Mark))
	status := g.EffectiveStatus(c.Asset, c.OnAsset, c.Parent, c.At)
	used := g.SignedAt != nil // data went to the grantee only then
	if !used || status != GrantRevoked && status != GrantTerminated && status != GrantExpired {
		rs.add(Refuse(CodeStatusWrong, RuleContractEnd, "grantStatus", string(status)))
	}
	if c.Head != nil && !c.Head.Closed {
		rs.add(Refuse(CodeUsageOpen, RuleTrace, "grant", string(g.ID)))
	}
	v := fieldCheck{}
	v.deletion(req.Deletion, c.Supervisor)
	rs.add(v.refusal())
	g.Status, g.Deletion, g.Mark = GrantClosed, &req.Deletion, g.Mark.touch(c.Facts)
	return g, rs
}

// side says who acts on a grant.
type side bool

const (
	grantorSide side = true
	granteeSide side = false
)

// bySide refuses who does not act for a side of a grant.
func (c GrantCase) bySide(g Grant, by side) *Refusal {
	party := g.Grantee
	if by == grantorSide {
		party = g.Grantor
	}
	if c.Actor.Party == party {
		return nil
	}
	return Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Actor.Party), "applicant", string(party))
}

// open begins an act of a side on an existing grant of one of the given statuses.
func (c GrantCase) open(key string, id GrantID, by side, from ...GrantStatus) (Grant, Refusals) {
	g, rs := c.begin(key, id, from...)
	if c.Grant != nil {
		rs.add(c.bySide(g, by))
	}
	return g, rs
}

// begin begins an act on an existing grant of one of the given statuses, whose last day is not past.
func (c GrantCase) begin(key string, id GrantID, from ...GrantStatus) (Grant, Refusals) {
	rs := checkKey(key)
	if c.Grant == nil {
		return Grant{}, append(rs, NotFound(string(id)))
	}
	g := *c.Grant
	rs.add(c.forward(g.Mark))
	if !slices.Contains(from, g.Status) {
		rs.add(Refuse(CodeStatusWrong, RuleRights, "grantStatus", string(g.Status)))
	} else if CivilDate(c.At) > g.Policy.To {
		rs.add(Refuse(CodeStatusWrong, RuleRights, "grantStatus", string(GrantExpired)))
	}
	g.Mark = g.Mark.touch(c.Facts)
	return g, rs
}

// CheckUseRequest is the document of authorization:CheckUse: a hypothetical use by a party, and what was used before, if that is more than what is
// anchored.
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
	if status := c.Grant.EffectiveStatus(c.Asset, c.OnAsset, c.Parent, c.At); status != GrantActive {
		return Refuse(CodeGrantInactive, RuleAgreedUse, "grant", string(c.Grant.ID), "grantStatus", string(status))
	}
	policy := c.Grant.Policy
	policy.Quota.Quantity -= c.Grant.Allotted
	return Judge(policy, req.Use, req.Counters, c.At)
}
