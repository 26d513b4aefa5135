package web

import (
	"slices"
	"strings"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

// Problems that only pages find: what was answered to the questions about level and persons differs from what was chosen.
const (
	problemLevelTooLow   registry.Problem = "level_too_low"  // Args: level
	problemAnswersDiffer registry.Problem = "answers_differ" // Args: answer
)

// mistakes are what is wrong with a draft: fields by their path in the form, and refusals by the page on which they are mended.
type mistakes struct {
	fields   map[string][]registry.FieldError
	refusals map[string][]*registry.Refusal
}

func (m mistakes) none() bool { return len(m.fields) == 0 && len(m.refusals) == 0 }

// on says whether something is wrong on a page.
func (m mistakes) on(id string) bool {
	for path := range m.fields {
		if stepOf(path) == id {
			return true
		}
	}
	return len(m.refusals[id]) > 0
}

// findMistakes judges a draft with the registry's own functions, and adds what only pages know: text that is no number,
// characters that the certificate could not print, contact data, and answers that contradict each other.
func findMistakes(d desk.Draft, party registry.Party, today registry.Date, lang locale.Lang) mistakes {
	doc := content(d)
	m := mistakes{map[string][]registry.FieldError{}, map[string][]*registry.Refusal{}}
	for _, r := range registry.CheckTrackContent(trackOf(d), doc, party, today) {
		if r.Code != registry.CodeFieldsInvalid {
			id := mendedOn(r)
			m.refusals[id] = append(m.refusals[id], r)
		}
		for _, f := range r.Fields {
			path := formPath(f.Path, d, doc)
			m.fields[path] = append(m.fields[path], f)
		}
	}
	for _, f := range misread(d) { // more precise than the registry's "out of range"
		m.fields[formPath(f.Path, d, doc)] = []registry.FieldError{f}
	}
	for _, f := range slices.Concat(missingGlyphs(doc), contactMistakes(d), contradictions(d, lang)) {
		path := formPath(f.Path, d, doc)
		m.fields[path] = append(m.fields[path], f)
	}
	return m
}

// mendedOn names the page of the form on which a refusal is mended; "" if none can.
func mendedOn(r *registry.Refusal) string {
	switch r.Code {
	case registry.CodeLevelRefused, registry.CodeSecretRefused, registry.CodeGovernmentData:
		return "level"
	case registry.CodeRiskMissing, registry.CodeSampleMissing, registry.CodeMaterialMissing:
		return "materials"
	case registry.CodeDepositMissing:
		return "deposit"
	case registry.CodeItemMissing:
		return "public"
	case registry.CodeProductMissing:
		return "source"
	case registry.CodeOpenApplication, registry.CodeAssetRegistered:
		return "data"
	case registry.CodeRightRefused:
		switch r.Args["needs"] {
		case registry.NeedParents, registry.NeedDifference, registry.NeedNoSubstitution:
			return "source"
		case registry.NeedConsent, registry.NeedContract, registry.NeedOwnRight:
			return "materials"
		}
		return "rights"
	}
	return ""
}

// misread finds numbers that were typed as something else.
func misread(d desk.Draft) []registry.FieldError {
	t := typed(d.Raw)
	var errs []registry.FieldError
	if t.one("volume.records") != "" && t.number("volume.records") == 0 && strings.Trim(t.code("volume.records"), "0,") != "" {
		errs = append(errs, registry.FieldError{Path: "content.volume.records", Problem: registry.ProblemForm, Rule: registry.RuleForm})
	}
	if t.one("volume.bytes") != "" && sizeForm.FindString(strings.ReplaceAll(t.code("volume.bytes"), ",", "")) == "" {
		errs = append(errs, registry.FieldError{Path: "content.volume.bytes", Problem: registry.ProblemForm, Rule: registry.RuleForm})
	}
	for _, path := range []string{"volume.records", "volume.bytes"} {
		if t.one(path) == "" {
			errs = append(errs, registry.FieldError{Path: "content." + path, Problem: registry.ProblemMissing, Rule: registry.RuleForm})
		}
	}
	return errs
}

// missingGlyphs finds characters that the certificate's font lacks.
func missingGlyphs(c registry.Content) []registry.FieldError {
	texts := []struct{ path, text string }{{"content.dataName", c.DataName}, {"content.overview", c.Overview},
		{"content.restrictions.objects", c.Restrictions.Objects}, {"content.restrictions.qualification", c.Restrictions.Qualification},
		{"content.restrictions.environment", c.Restrictions.Environment}, {"content.restrictions.region", c.Restrictions.Region}}
	for _, r := range c.Rights {
		texts = append(texts, struct{ path, text string }{"rights." + string(r.Kind) + ".limits", r.Limits})
	}
	var errs []registry.FieldError
	for _, x := range texts {
		if missing := certificate.MissingGlyphs(x.text); len(missing) > 0 {
			errs = append(errs, registry.FieldError{Path: x.path, Problem: registry.ProblemGlyph, Rule: registry.RuleCertificate, Args: map[string]string{"character": string(missing)}})
		}
	}
	return errs
}

var contactPaths = []string{"contact.person", "contact.phone", "contact.address"}

// contactMistakes judges the contact data. Once it is filed it is kept encrypted and no longer in the draft: then all
// three may be empty, which leaves what was filed as it is.
func contactMistakes(d desk.Draft) []registry.FieldError {
	t := typed(d.Raw)
	filed := slices.ContainsFunc(d.Files, isContact) || slices.Contains(fixedSteps(d), "contact")
	anything := slices.ContainsFunc(contactPaths, t.yes)
	if filed && !anything {
		return nil
	}
	var errs []registry.FieldError
	for _, path := range contactPaths {
		if !t.yes(path) {
			errs = append(errs, registry.FieldError{Path: path, Problem: registry.ProblemMissing, Rule: registry.RuleForm})
		}
	}
	if phone := t.code("contact.phone"); phone != "" && (strings.Trim(phone, "0123456789-+ ()") != "" || len(phone) < 7 || len(phone) > 20) {
		errs = append(errs, registry.FieldError{Path: "contact.phone", Problem: registry.ProblemForm, Rule: registry.RuleForm})
	}
	return errs
}

func isContact(f desk.File) bool { return f.Kind == registry.MaterialContact }

// levels are in the order of strictness.
var levels = []string{"GENERAL", "IMPORTANT", "CORE"}

// contradictions compares what was chosen with the answers to the questions. A level may be stricter than the answer (就高从严).
func contradictions(d desk.Draft, lang locale.Lang) []registry.FieldError {
	t := typed(d.Raw)
	var errs []registry.FieldError
	answer, chosen := t.one("wizard.harm"), t.one("level")
	if slices.Contains(levels, answer) && slices.Contains(levels, chosen) && slices.Index(levels, chosen) < slices.Index(levels, answer) {
		errs = append(errs, registry.FieldError{Path: "content.level", Problem: problemLevelTooLow, Rule: registry.RuleLevel,
			Args: map[string]string{"level": locale.Term(lang, "level", answer)}})
	}
	if answer, chosen = t.one("wizard.persons"), t.one("personalInfo"); answer != "" && chosen != "" && answer != chosen {
		errs = append(errs, registry.FieldError{Path: "content.personalInfo", Problem: problemAnswersDiffer, Rule: registry.RulePersonal,
			Args: map[string]string{"answer": locale.Term(lang, "personalInfo", answer)}})
	}
	return errs
}

// conclude fills in what follows from the answers to the questions, where nothing was chosen.
func conclude(raw map[string][]string) {
	t := typed(raw)
	if answer := t.one("wizard.harm"); t.one("level") == "" && slices.Contains(levels, answer) {
		raw["level"] = []string{answer}
	}
	if answer := t.one("wizard.persons"); t.one("personalInfo") == "" && answer != "" {
		raw["personalInfo"] = []string{answer}
	}
}
