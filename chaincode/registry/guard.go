package registry

import "slices"

// Guard says which organisations' peers must endorse whoever writes a record. The contracts set it as the record's key-level policy when it
// is written first; that binds from the second write on, so the first one is judged by verification and audit.
type Guard string

// The guards of records.
const (
	Unguarded         Guard = ""                   // any two organisations, as the chaincode's policy says
	GuardBureauAgency Guard = "BUREAU_AND_AGENCY"  // bureau and agency
	GuardBureauOther  Guard = "BUREAU_AND_ANOTHER" // the bureau with the agency or the exchange
)

// guards says which records are protected by whom.
var guards = map[string]Guard{
	ObjectAccount:     GuardBureauAgency,
	ObjectMandate:     GuardBureauAgency,
	ObjectGrant:       GuardBureauAgency,
	ObjectApplication: GuardBureauAgency,
	ObjectObjection:   GuardBureauAgency,
	ObjectLimit:       GuardBureauAgency,
	ObjectNotice:      GuardBureauAgency,
	ObjectDispute:     GuardBureauAgency,
	ObjectInspection:  GuardBureauAgency,
	ObjectVersion:     GuardBureauAgency,
	ObjectItem:        GuardBureauAgency,
	ObjectEnterprise:  GuardBureauAgency,
	ObjectShare:       GuardBureauAgency,
	ObjectPurchase:    GuardBureauAgency,
	ObjectOpenItem:    GuardBureauAgency,
	ObjectOpenPlan:    GuardBureauAgency,
	ObjectPlan:        GuardBureauAgency,
	ObjectAsset:       GuardBureauAgency,
	ObjectCertificate: GuardBureauAgency,
	ObjectContract:    GuardBureauOther,
	ObjectMatter:      GuardBureauOther,
	ObjectSubmission:  GuardBureauOther,
	ObjectBatch:       GuardBureauOther,
	ObjectHead:        GuardBureauOther,
	ObjectUsage:       GuardBureauOther,
	ObjectProfile:     GuardBureauOther,
	ObjectCalendar:    GuardBureauOther,
	ObjectAppointment: GuardBureauOther,
	ObjectKey:         GuardBureauOther,
}

// GuardOf is the guard of records of an object type.
func GuardOf(object string) Guard { return guards[object] }

// Admits says whether endorsements of these organisations (MSP identifiers) are enough.
func (g Guard) Admits(msps []string) bool {
	has := func(msp string) bool { return slices.Contains(msps, msp) }
	switch g {
	case Unguarded:
		return true
	case GuardBureauAgency:
		return has(MSPBureau) && has(MSPAgency)
	case GuardBureauOther:
		return has(MSPBureau) && (has(MSPAgency) || has(MSPExchange))
	}
	return false
}
