package registry

import "testing"

// TestOffice_NeverByWhoActedForTheApplicant (I8): whoever did an act of the applicant in a case, a clerk who only supplemented it
// among them, holds no office in it, whatever the appointments say.
func TestOffice_NeverByWhoActedForTheApplicant(t *testing.T) {
	const someone = PersonID("AgencyMSP/someone")
	for name, c := range map[string]struct {
		history []Step
		filedBy PersonID
		act     Act
		status  Status
		want    bool
	}{
		"filed":                  {[]Step{{Act: ActSubmit, Actor: someone}}, someone, ActAccept, StatusSubmitted, true},
		"supplemented":           {[]Step{{Act: ActSubmit, Actor: "AgencyMSP/he"}, {Act: ActResubmit, Actor: someone}}, "AgencyMSP/he", ActAccept, StatusSubmitted, true},
		"supplied_evidence":      {[]Step{{Act: ActSubmit, Actor: "AgencyMSP/he"}, {Act: ActSupplyEvidence, Actor: someone}}, "AgencyMSP/he", ActPassReview, StatusAccepted, true},
		"claimed_acceptance":     {[]Step{{Act: ActSubmit, Actor: "AgencyMSP/he"}, {Act: ActClaimAcceptance, Actor: someone}}, "AgencyMSP/he", ActPassReview, StatusAccepted, true},
		"returned_it_as_officer": {[]Step{{Act: ActSubmit, Actor: "AgencyMSP/he"}, {Act: ActReturn, Actor: someone}}, "AgencyMSP/he", ActAccept, StatusSubmitted, false},
	} {
		t.Run(name, func(t *testing.T) {
			file := startedCase()
			file.Application.History, file.Application.ApplicantPerson, file.Application.Status = c.history, c.filedBy, c.status
			file.Actor = Actor{MSP: MSPAgency, Enrolment: "someone", Party: "12630200MBFAKE020X"}
			file.Office = &Appointment{Office: ActOffice(c.act), Status: "ACTIVE", Registrar: file.Actor.Party}
			file.Registrar = &Appointment{Office: OfficeRegistrar, Status: "ACTIVE"}
			_, rs := apply(file, c.act, 0, false)()
			refused := false
			for _, r := range rs {
				refused = refused || r.Code == CodeSamePerson
			}
			if refused != c.want {
				t.Errorf("%v", rs)
			}
		})
	}
}
