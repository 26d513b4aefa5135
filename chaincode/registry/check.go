package registry

// CheckRequest is the document of registration:Check, the dry run of any act ("will this pass?"): nothing is written
// and every obstacle is found. As names the person for whom a service asks; empty: the caller.
type CheckRequest struct {
	Function string `json:"function"` // "contract:Function"
	As       *Actor `json:"as,omitempty"`
	Document string `json:"document"` // the act's own canonical document
}

// Obstacle is a refusal with its code, as a dry run answers it.
type Obstacle struct {
	Code Code `json:"code"`
	Refusal
}

// Verdict is the answer of a dry run, true as of an instant.
type Verdict struct {
	Obstacles []Obstacle `json:"obstacles"`
	AsOf      string     `json:"asOf"` // RFC 3339
}

// NewVerdict turns the refusals of an act into the answer of a dry run.
func NewVerdict(f Facts, rs Refusals) Verdict {
	v := Verdict{Obstacles: []Obstacle{}, AsOf: instant(&f.At)}
	for _, r := range rs {
		v.Obstacles = append(v.Obstacles, Obstacle{Code: r.Code, Refusal: *r})
	}
	return v
}

// Situation is the answer of rule:Situation: what is in force on the open day.
type Situation struct {
	Network   *Network       `json:"network,omitempty"`
	Day       Date           `json:"day,omitempty"`
	Profiles  []RuleProfile  `json:"profiles"`
	Calendars []CalendarHead `json:"calendars"`
}

// CalendarHead names an adopted calendar.
type CalendarHead struct {
	Year    int `json:"year"`
	Version int `json:"version"`
}

// SituationRequest is the document of rule:Situation: {}.
type SituationRequest struct{}

// FindRequest is the document of the functions that find a record by its identifier.
type FindRequest struct {
	ID string `json:"id"`
}

// FindAppointmentRequest is the document of party:FindAppointment.
type FindAppointmentRequest struct {
	Office Office `json:"office"`
	Holder string `json:"holder"`
}

// FindObjectionRequest is the document of registration:FindObjection.
type FindObjectionRequest struct {
	Application ApplicationID `json:"application"`
	Objection   int           `json:"objection"`
}

// FindDisputeRequest is the document of registration:FindDispute.
type FindDisputeRequest struct {
	Asset   AssetID `json:"asset"`
	Dispute int     `json:"dispute"`
}

// FindNoticeRequest is the document of registration:FindNotice.
type FindNoticeRequest struct {
	Case   CaseID `json:"case"`
	Notice int    `json:"notice"`
}

// FindProfileRequest is the document of rule:FindProfile.
type FindProfileRequest struct {
	Track   Track `json:"track"`
	Version int   `json:"version"`
}

// FindInspectionRequest is the document of registration:FindInspection.
type FindInspectionRequest struct {
	Asset      AssetID `json:"asset"`
	Inspection int     `json:"inspection"`
}

// FindVersionRequest is the document of registration:FindVersion.
type FindVersionRequest struct {
	Asset   AssetID `json:"asset"`
	Version int     `json:"version"`
}

// FindLimitRequest is the document of registration:FindLimit.
type FindLimitRequest struct {
	Asset AssetID `json:"asset"`
	Limit int     `json:"limit"`
}

// NotFound is the refusal of a question about a record that is not there.
func NotFound(id string) *Refusal { return Refuse(CodeNotFound, RuleForm, "id", clip(id)) }
