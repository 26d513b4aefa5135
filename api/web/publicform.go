package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// isPublic says whether a track registers public data; the form of those tracks asks for other things.
func isPublic(t registry.Track) bool {
	return t == registry.TrackPublicResource || t == registry.TrackPublicProduct
}

// trackOf is the track of a draft.
func trackOf(d desk.Draft) registry.Track {
	if d.Track == "" {
		return registry.TrackDataAsset
	}
	return d.Track
}

// depositStep and publicStep are the pages that only the form of public data has (公共数据资源登记管理暂行办法 第七、九条).
var (
	depositStep = step{ID: "deposit", Title: words{"申请前存证", "Deposit before filing"},
		Intro: words{"申请登记之前，先对公共数据资源存证（暂行办法第七条）。存证只把文件的指纹写到账本上，文件加密保存。", "Before filing, evidence of the public data is deposited: its fingerprint goes on the ledger, the file is kept encrypted."},
		Fields: []field{
			{Path: "public.deposit", Kind: "text", Code: true, Help: words{"上传存证文件后自动填写；以前存证过的，可以直接填内容标识", "Filled in when you deposit; or the identifier of an earlier deposit"}}}}
	publicStep = step{ID: "public", Title: words{"产品、服务和应用场景", "Products, services and use"},
		Fields: []field{
			{Path: "public.product", Kind: "area", Max: 400, Help: words{"数据以什么产品和服务的形式提供，例如：农产品产销数据查询服务", "In which products and services the data is offered"}},
			{Path: "public.scenario", Kind: "area", Max: 400, Help: words{"用在哪里、解决什么问题，例如：农产品产销对接", "Where it is used and what for"}},
			{Path: "public.item", Kind: "text", Code: true, Optional: true, Help: words{"已经编入公共数据资源目录的，填写目录项代码", "Code of the catalogue item, if it is catalogued"}},
			{Path: "public.operation.until", Kind: "date", Size: "short", Optional: true, Help: words{"授权运营的必填：运营期限的最后一天，并把授权运营协议作为“合同”上传。登记有效期不超过这一天", "Authorised operation: last day of the term; upload the agreement as a contract. The registration lasts no longer"}},
			{Path: "public.reviewed", Kind: "check", Help: words{"本单位业务部门已经审核，同意登记（暂行办法第七条）", "Your own department has reviewed it and agrees"}}}}
)

// publicSteps are the pages of the form for public data, allSteps those of every form.
var (
	publicSteps = publicForm()
	allSteps    = slices.Insert(slices.Clone(steps), slices.IndexFunc(steps, func(s step) bool { return s.ID == "materials" }), depositStep, publicStep)
)

// publicForm is the form without what belongs to data assets: rights, subject class, and the declarations that make data an asset.
func publicForm() []step {
	without := []string{"product", "subjectClass", "declarations.measurable", "declarations.beneficial", "declarations.noPersonal"}
	var pages []step
	for _, s := range steps {
		switch s.ID {
		case "rights":
			continue
		case "materials":
			pages = append(pages, depositStep, publicStep)
		case "source":
			s.Intro = words{"写明数据从哪里来、怎样取得，用来核对来源合法合规。", "Where the data comes from and how it was obtained."}
		}
		s.Fields = slices.DeleteFunc(slices.Clone(s.Fields), func(f field) bool { return slices.Contains(without, f.Path) })
		pages = append(pages, s)
	}
	return pages
}

// publicKinds are the kinds of materials that the form of public data offers.
var publicKinds = []registry.MaterialKind{registry.MaterialIdentity, registry.MaterialSource, registry.MaterialResource, registry.MaterialDeposit, registry.MaterialProduct,
	registry.MaterialScenario, registry.MaterialRisk, registry.MaterialContract, registry.MaterialCompliance, registry.MaterialOther}

// kindsOf are the kinds of materials that may be uploaded to a draft.
func kindsOf(d desk.Draft) []registry.MaterialKind {
	kinds := materialKinds
	if isPublic(d.Track) {
		kinds = publicKinds
	}
	if d.Action == "" || d.Replaces != "" {
		return kinds
	}
	return slices.Concat(accompanying, kinds)
}

// makePublic turns the document of a data asset into that of public data.
func makePublic(c *registry.Content, t typed) {
	d := c.Declarations
	c.SubjectClass, c.Rights, c.Product, c.Declarations = "PUBLIC", []registry.RightClaim{}, "", registry.Declarations{Lawful: d.Lawful, Truthful: d.Truthful}
	m := registry.PublicMatter{Deposit: t.one("public.deposit"), Reviewed: t.yes("public.reviewed"), Product: t.one("public.product"),
		Scenario: t.one("public.scenario"), Item: t.code("public.item")}
	if t.yes("public.operation.until") {
		m.Operation = &registry.Operation{Agreement: c.Statements.Contract, Until: t.date("public.operation.until")}
	}
	c.Public = &m
}

// rawPublic is what would have to be typed to get the matter of public data.
func rawPublic(raw map[string][]string, m *registry.PublicMatter) {
	if m == nil {
		return
	}
	raw["public.deposit"], raw["public.product"], raw["public.scenario"], raw["public.item"] = []string{m.Deposit}, []string{m.Product}, []string{m.Scenario}, []string{m.Item}
	if m.Reviewed {
		raw["public.reviewed"] = []string{"on"}
	}
	if m.Operation != nil {
		raw["public.operation.until"] = []string{string(m.Operation.Until)}
	}
}

func (v view) depositFacts(m *registry.PublicMatter) []fact {
	if m == nil {
		return nil
	}
	return []fact{{Label: v.Label("content.public.deposit"), Value: m.Deposit}}
}

func (v view) publicFacts(m *registry.PublicMatter) []fact {
	if m == nil {
		return nil
	}
	facts := []fact{{Label: v.Label("content.public.product"), Value: m.Product}, {Label: v.Label("content.public.scenario"), Value: m.Scenario}, {Label: v.Label("content.public.item"), Value: m.Item}}
	if m.Operation != nil {
		facts = append(facts, fact{Label: v.Label("content.public.operation.until"), Value: string(m.Operation.Until)})
	}
	if m.Reviewed {
		facts = append(facts, fact{Label: v.Tr("声明", "Declared"), Value: v.Label("content.public.reviewed")})
	}
	return facts
}

// wantedPublic lists the materials that the profile in force asks for, and the agreement of an authorised operation.
func (p *pages) wantedPublic(c echo.Context, doc registry.Content, track registry.Track) ([]wantedFile, error) {
	profile, err := p.profile(c, track)
	if err != nil {
		return nil, err
	}
	var list []wantedFile
	for _, kind := range profile.Materials {
		list = append(list, wantedFile{Kind: kind, Must: true})
	}
	if doc.Public != nil && doc.Public.Operation != nil {
		list = append(list, wantedFile{Kind: registry.MaterialContract, Must: true, Reason: words{"授权运营协议", "The agreement on the operation"}})
	}
	return filedOf(list, doc), nil
}

// profile is the version of a track's rules in force now; the zero profile where there is none.
func (p *pages) profile(c echo.Context, track registry.Track) (registry.RuleProfile, error) {
	situation, err := p.desk.Situation(c.Request().Context())
	if err != nil {
		return registry.RuleProfile{}, unavailable(err)
	}
	i := slices.IndexFunc(situation.Profiles, func(r registry.RuleProfile) bool { return r.Track == track })
	if i < 0 {
		return registry.RuleProfile{}, nil
	}
	return situation.Profiles[i], nil
}

// deposited is the deposit that a draft names, as the ledger has it; nil while there is none.
func (p *pages) deposited(c echo.Context, d desk.Draft) (*registry.Deposit, error) {
	cid := typed(d.Raw).one("public.deposit")
	if cid == "" {
		return nil, nil
	}
	found, err := p.desk.Deposit(c.Request().Context(), cid)
	if errors.Is(err, desk.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	return &found, nil
}

// deposit keeps the evidence that is to be deposited and prepares the deposit (存证). The draft names the file from then on, so that a
// deposit that was not signed can be signed later.
func (p *pages) deposit(c echo.Context, d desk.Draft) error {
	if !isPublic(d.Track) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这一步")
	}
	t, err := p.readContest(c, registry.MaterialDeposit)
	if err != nil {
		return err
	}
	if len(t.Files) == 0 {
		problem := t.Wrong
		if problem == "" {
			problem = errNoFile.Error()
		}
		return p.showStep(c, d, "deposit", problem)
	}
	file := t.Files[0]
	d, err = p.change(c, d, func(d *desk.Draft) {
		if d.Raw == nil {
			d.Raw = map[string][]string{}
		}
		d.Raw["public.deposit"] = []string{file.CID}
		if !slices.Contains(d.Done, "deposit") {
			d.Done = append(d.Done, "deposit")
		}
	})
	if err != nil {
		return err
	}
	request := registry.DepositRequest{Key: "deposit-" + rand.Text(), CID: file.CID, Commitment: file.Commitment, Size: file.Size, Mandate: p.self(c).Under()}
	return p.sign(c, "registration:Deposit", request, "/apply/"+d.ID+"/steps/deposit")
}
