package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// rawOf is what would have to be typed to get a content: for drafts that begin with a filed application.
func rawOf(c registry.Content) map[string][]string {
	raw := map[string][]string{
		"dataName": {c.DataName}, "overview": {c.Overview}, "region": {c.Region}, "source": {string(c.Source)}, "acquisition": {c.Acquisition},
		"spatial.scope": {c.Spatial.Scope}, "temporal.from": {string(c.Temporal.From)}, "temporal.to": {string(c.Temporal.To)},
		"frequency": {c.Frequency}, "volume.records": {fmt.Sprint(c.Volume.Records)}, "volume.bytes": {fmt.Sprint(c.Volume.Bytes)},
		"form.media": c.Form.Media, "form.structure": {c.Form.Structure}, "restrictions.objects": {c.Restrictions.Objects},
		"restrictions.qualification": {c.Restrictions.Qualification}, "restrictions.environment": {c.Restrictions.Environment}, "restrictions.region": {c.Restrictions.Region},
		"secret": {c.Secret}, "level": {string(c.Level)}, "subjectClass": {c.SubjectClass}, "personalInfo": {c.PersonalInfo}, "withhold": {c.Withhold}, "scopeBasis": {c.ScopeBasis}, "fingerprint": {c.Fingerprint},
		"statements.substantialDifference": {c.Statements.SubstantialDifference},
	}
	d := c.Declarations
	for path, yes := range map[string]bool{"restrictions.resale": c.Restrictions.Resale, "restrictions.export": c.Restrictions.Export,
		"declarations.lawful": d.Lawful, "declarations.measurable": d.Measurable, "declarations.beneficial": d.Beneficial, "declarations.noPersonal": d.NoPersonal,
		"declarations.truthful": d.Truthful, "statements.noSubstitution": c.Statements.NoSubstitution} {
		if yes {
			raw[path] = []string{"on"}
		}
	}
	if registry.RegionName(c.Region) == "" {
		delete(raw, "region")
		raw["region.other"] = []string{c.Region}
	}
	for i, industry := range c.Industries {
		raw[fmt.Sprintf("industries[%d].section", i)] = []string{industry.Section}
		raw[fmt.Sprintf("industries[%d].division", i)] = []string{industry.Division}
	}
	raw["spatial.codes"], raw["spatial.other"] = nil, nil
	for _, code := range c.Spatial.Codes {
		if slices.Contains(spatialCodes, code) {
			raw["spatial.codes"] = append(raw["spatial.codes"], code)
		} else {
			raw["spatial.other"] = []string{strings.TrimPrefix(strings.Join(raw["spatial.other"], "")+","+code, ",")}
		}
	}
	var parents []string
	for _, id := range c.Parents {
		parents = append(parents, string(id))
	}
	raw["parents"] = []string{strings.Join(parents, ",")}
	raw["product"] = []string{string(c.Product)}
	rawPublic(raw, c.Public)
	for _, r := range c.Rights {
		path := "rights." + string(r.Kind)
		raw[path], raw[path+".from"], raw[path+".to"], raw[path+".limits"] = []string{"on"}, []string{string(r.From)}, []string{string(r.To)}, []string{r.Limits}
	}
	return raw
}
