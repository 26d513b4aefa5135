package registry

// CheckRights applies the rights matrix (第二十、二十一条 of the guide): which of the three rights may be registered
// follows from how the data was obtained. A refusal names right, source and, in Args["needs"], what would be enough.
func CheckRights(c Content, holder Party) Refusals {
	var rs Refusals
	for _, claim := range c.Rights {
		if rule, needs := obstacle(c, holder, claim); needs != "" {
			rs.add(Refuse(CodeRightRefused, rule, "right", string(claim.Kind), "source", string(c.Source), "needs", needs))
		}
	}
	return rs
}

// Needs of the matrix, as they stand in Args["needs"].
const (
	NeedNaturalPerson  = "natural_person"         // only a natural person's own data
	NeedNoSubstitution = "no_substitution"        // a declaration that the product does not replace the other's
	NeedConsent        = "participants_consent"   // consent of every other participant, as evidence
	NeedParents        = "parents"                // the registered parent assets
	NeedDifference     = "substantial_difference" // a statement of substantial change and clearly higher value
	NeedContract       = "contract"               // the contract, as evidence
	NeedOwnRight       = "own_right"              // a processor has no right of its own unless law or contract says so
)

func obstacle(c Content, holder Party, claim RightClaim) (RuleID, string) {
	s := c.Statements
	switch c.Source {
	case SourcePersonOwn:
		return RuleMatrix, need(holder.Kind == PartyNatural, NeedNaturalPerson)
	case SourcePublicCrawl:
		return RuleMatrix, need(claim.Kind != RightOperate || s.NoSubstitution, NeedNoSubstitution)
	case SourceFusion:
		return RuleMatrix, need(claim.Kind != RightOperate || s.ParticipantsConsent != "", NeedConsent)
	case SourceDerived:
		if len(c.Parents) == 0 && s.Contract == "" {
			return RuleMatrix, NeedParents
		}
		return RuleMatrix, need(s.SubstantialDifference != "", NeedDifference)
	case SourceAgreement, SourcePromoted:
		return RuleAgreement, need(s.Contract != "", NeedContract)
	case SourceEntrusted:
		return RuleMatrix, need(s.Contract != "" && claim.Evidence != "", NeedOwnRight)
	}
	return "", ""
}

func need(met bool, name string) string {
	if met {
		return ""
	}
	return name
}
