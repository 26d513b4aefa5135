package web

import (
	"fmt"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// rawOf is what would have to be typed to get a content: for drafts that begin with a filed application.
func rawOf(c registry.Content) map[string][]string {
	raw := map[string][]string{
		"dataName": {c.DataName}, "overview": {c.Overview}, "region": {c.Region}, "source": {string(c.Source)}, "acquisition": {c.Acquisition},
		"spatial.scope": {c.Spatial.Scope}, "spatial.codes": c.Spatial.Codes, "temporal.from": {string(c.Temporal.From)}, "temporal.to": {string(c.Temporal.To)},
		"frequency": {c.Frequency}, "volume.records": {fmt.Sprint(c.Volume.Records)}, "volume.bytes": {fmt.Sprint(c.Volume.Bytes)},
		"form.media": c.Form.Media, "form.structure": {c.Form.Structure}, "restrictions.objects": {c.Restrictions.Objects},
		"restrictions.qualification": {c.Restrictions.Qualification}, "restrictions.environment": {c.Restrictions.Environment}, "restrictions.region": {c.Restrictions.Region},
		"secret": {c.Secret}, "level": {string(c.Level)}, "subjectClass": {c.SubjectClass}, "personalInfo": {c.PersonalInfo}, "withhold": {c.Withhold},
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
	if len(c.Industries) > 0 {
		raw["industries[0].section"], raw["industries[0].division"] = []string{c.Industries[0].Section}, []string{c.Industries[0].Division}
	}
	var parents []string
	for _, id := range c.Parents {
		parents = append(parents, string(id))
	}
	raw["parents"] = []string{strings.Join(parents, ",")}
	for _, r := range c.Rights {
		path := "rights." + string(r.Kind)
		raw[path], raw[path+".from"], raw[path+".to"], raw[path+".limits"] = []string{"on"}, []string{string(r.From)}, []string{string(r.To)}, []string{r.Limits}
	}
	return raw
}
