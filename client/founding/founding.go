// Package founding gives a new ledger its first records: founding record, rule profiles, calendars, parties, appointments
// and document key, all signed by the bureau's administrator. It may be repeated: what is there is left alone.
package founding

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// Parties of every network. The credit codes are valid in form and obviously fictitious.
const (
	Bureau   = registry.PartyID("11630200MBFAKE0126")
	Agency   = registry.PartyID("12630200MBFAKE020X")
	Exchange = registry.PartyID("91630200MAFAKE0357")
)

// Parties of a demonstration, for which its applicants act.
const (
	Cooperative = registry.PartyID("93630222MAFAKE06XA")
	Company     = registry.PartyID("91630202MAFAKE051R")
	Agriculture = registry.PartyID("11630222MBFAKE100G") // a public body that provides data
	Waterworks  = registry.PartyID("91630203MAFAKE086T") // a public utility that asks for it
)

// Ledger asks and writes; a *client.Ledger does.
type Ledger interface {
	Evaluate(ctx context.Context, function string, document []byte) ([]byte, error)
	Execute(ctx context.Context, signer *client.Signer, function string, request any) (registry.Receipt, error)
}

// Founder signs the founding acts.
type Founder struct {
	Ledger              Ledger
	Admin               *client.Signer // the bureau's administrator
	Mode                registry.Mode
	DocumentCertificate string // PEM file of the agency's document certificate
}

// Found makes what is missing. Each act has an idempotency key of its own, so that one whose answer was lost is not
// done twice.
func (f Founder) Found(ctx context.Context) error {
	steps := []func(context.Context) error{f.network, f.profiles, f.calendars, f.parties, f.appointments, f.documentKey}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// write does one act; harmless is the refusal that says that it was done before.
func (f Founder) write(ctx context.Context, function string, request any, harmless registry.Code) error {
	_, err := f.Ledger.Execute(ctx, f.Admin, function, request)
	var refusal *registry.Refusal
	if errors.As(err, &refusal) && refusal.Code == harmless {
		return nil
	}
	if err != nil {
		return fmt.Errorf("founding, %s: %w", function, err)
	}
	return nil
}

func (f Founder) network(ctx context.Context) error {
	situation, err := f.situation(ctx)
	if err != nil {
		return err
	}
	if n := situation.Network; n != nil {
		if n.Mode != f.Mode {
			return fmt.Errorf("the ledger was founded as %s, not %s", n.Mode, f.Mode)
		}
		return nil
	}
	return f.write(ctx, "rule:Found", registry.FoundRequest{Key: "founding-network", Mode: f.Mode, Jurisdiction: "630200"}, registry.CodeFounded)
}

func (f Founder) situation(ctx context.Context) (registry.Situation, error) {
	var s registry.Situation
	answer, err := f.Ledger.Evaluate(ctx, "rule:Situation", []byte("{}"))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(answer, &s)
}

// profiles adopts the initial profiles that the ledger lacks, also when founding broke off between two of them. Versions
// are adopted in order, so the one in force has all earlier ones before it.
func (f Founder) profiles(ctx context.Context) error {
	situation, err := f.situation(ctx)
	if err != nil {
		return err
	}
	for _, p := range registry.InitialProfiles(f.Mode) {
		if slices.ContainsFunc(situation.Profiles, func(have registry.RuleProfile) bool { return have.Track == p.Track && have.Version >= p.Version }) {
			continue
		}
		request := registry.AdoptProfileRequest{Key: fmt.Sprintf("founding-profile-%s-%d", p.Track, p.Version), Profile: p}
		if err := f.write(ctx, "rule:AdoptProfile", request, registry.CodeVersionExists); err != nil {
			return err
		}
	}
	return nil
}

// calendars adopts every year that this version of the software knows and the ledger does not.
func (f Founder) calendars(ctx context.Context) error {
	situation, err := f.situation(ctx)
	if err != nil {
		return err
	}
	adopted := map[int]bool{}
	for _, c := range situation.Calendars {
		adopted[c.Year] = true
	}
	published, err := registry.PublishedCalendars()
	if err != nil {
		return err
	}
	for _, c := range published {
		if adopted[c.Year] {
			continue
		}
		request := registry.AdoptCalendarRequest{Key: fmt.Sprintf("founding-calendar-%d", c.Year), Calendar: c}
		if err := f.write(ctx, "rule:AdoptCalendar", request, registry.CodeVersionExists); err != nil {
			return err
		}
	}
	return nil
}

func (f Founder) parties(ctx context.Context) error {
	parties := []registry.RegisterPartyRequest{
		{ID: Bureau, Kind: registry.PartyLegal, Category: registry.CategoryGovernment, Name: "海东市数据局（虚构）", Region: "630200"},
		{ID: Agency, Kind: registry.PartyLegal, Category: registry.CategoryInstitution, Name: "海东市数据资产登记中心（虚构）", Region: "630200"},
		{ID: Exchange, Kind: registry.PartyLegal, Category: registry.CategoryEnterprise, Name: "海东市数据交易有限公司（虚构）", Region: "630200"},
	}
	if f.Mode == registry.ModeDemo {
		parties = append(parties,
			registry.RegisterPartyRequest{ID: Cooperative, Kind: registry.PartyLegal, Category: registry.CategoryCooperative,
				Name: "民和县河湟设施农业专业合作社（虚构）", Region: "630222"},
			registry.RegisterPartyRequest{ID: Company, Kind: registry.PartyLegal, Category: registry.CategoryEnterprise,
				Name: "海东市乐都区青稞数据科技有限公司（虚构）", Region: "630202"},
			registry.RegisterPartyRequest{ID: Agriculture, Kind: registry.PartyLegal, Category: registry.CategoryGovernment,
				Name: "民和县农业农村局（虚构）", Region: "630222"},
			registry.RegisterPartyRequest{ID: Waterworks, Kind: registry.PartyLegal, Category: registry.CategoryEnterprise, IsPublicUtility: true,
				Name: "海东市平安区供水有限公司（虚构）", Region: "630203"})
	}
	for _, p := range parties {
		known, err := f.known(ctx, "party:FindParty", registry.FindRequest{ID: string(p.ID)})
		if err != nil {
			return err
		}
		if known {
			continue
		}
		p.Key = "founding-party-" + string(p.ID)
		if err := f.write(ctx, "party:Register", p, registry.CodePartyExists); err != nil {
			return err
		}
	}
	return nil
}

// known says whether a question finds a record.
func (f Founder) known(ctx context.Context, function string, request any) (bool, error) {
	answer, err := lookUp(ctx, f.Ledger, function, request)
	return answer != nil, err
}

// lookUp asks for a record; nil without error means that there is none.
func lookUp(ctx context.Context, ledger Ledger, function string, request any) ([]byte, error) {
	document, err := registry.Canonical(request)
	if err != nil {
		return nil, err
	}
	answer, err := ledger.Evaluate(ctx, function, document)
	var refusal *registry.Refusal
	if errors.As(err, &refusal) && refusal.Code == registry.CodeNotFound {
		return nil, nil
	}
	return answer, err
}

func (f Founder) appointments(ctx context.Context) error {
	basis := "建网时由市数据局管理员任命"
	if f.Mode == registry.ModeDemo {
		basis += "（演示）"
	}
	all := []registry.AppointRequest{{Office: registry.OfficeRegistrar, Holder: string(Agency)},
		{Office: registry.OfficeIssuer, Holder: "AgencyMSP/registryd", Registrar: Agency}}
	if f.Mode == registry.ModeDemo {
		all = append(all,
			registry.AppointRequest{Office: registry.OfficeAcceptor, Holder: "AgencyMSP/an-acceptor", Registrar: Agency},
			registry.AppointRequest{Office: registry.OfficeReviewer, Holder: "AgencyMSP/bai-reviewer", Registrar: Agency},
			registry.AppointRequest{Office: registry.OfficeRecorder, Holder: "AgencyMSP/cao-officer", Registrar: Agency},
			registry.AppointRequest{Office: registry.OfficeObjections, Holder: "AgencyMSP/ding-objections", Registrar: Agency})
	}
	for _, a := range all {
		known, err := f.known(ctx, "party:FindAppointment", registry.FindAppointmentRequest{Office: a.Office, Holder: a.Holder})
		if err != nil {
			return err
		}
		if known {
			continue
		}
		a.Key, a.Basis = "founding-"+string(a.Office), basis
		if err := f.write(ctx, "party:Appoint", a, registry.CodeAppointmentExists); err != nil {
			return err
		}
	}
	return nil
}

// documentKey adopts the agency's document key unless the registrar has one.
func (f Founder) documentKey(ctx context.Context) error {
	document, err := registry.Canonical(registry.FindAppointmentRequest{Office: registry.OfficeRegistrar, Holder: string(Agency)})
	if err != nil {
		return err
	}
	answer, err := f.Ledger.Evaluate(ctx, "party:FindAppointment", document)
	if err != nil {
		return err
	}
	var registrar registry.Appointment
	if err := json.Unmarshal(answer, &registrar); err != nil || registrar.CurrentKey != "" {
		return err
	}
	certificate, err := os.ReadFile(f.DocumentCertificate)
	if err != nil {
		return fmt.Errorf("founding: the agency's document certificate: %w", err)
	}
	return f.write(ctx, "party:AdoptKey", registry.AdoptKeyRequest{Key: "founding-document-key", Registrar: Agency, Certificate: string(certificate)}, "")
}
