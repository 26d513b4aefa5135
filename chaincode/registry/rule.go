package registry

// RuleID names a rule by document and article: HD25 is 海东市数据要素管理办法（暂行）, N35 is 数据产权登记工作指引（试行）,
// N26 is 公共数据资源登记管理暂行办法, REG is a rule of this registry that the law leaves open. N35.21.4 is 第二十一条, item 4.
type RuleID string

// Rules that the DATA_ASSET track applies.
const (
	RuleScope          RuleID = "HD25.2"        // activities within Haidong
	RuleDeclarations   RuleID = "HD25.A4"       // lawfully held, measurable, beneficial (附录 数据资产)
	RuleEnterpriseData RuleID = "HD25.A7"       // no personal information, no public interest (附录 企业数据)
	RuleOneSource      RuleID = "HD25.4"        // one authoritative source
	RuleCounty         RuleID = "HD25.8"        // counties act in their own region
	RuleProvider       RuleID = "HD25.9"        // a body catalogues its own data
	RuleCatalogue      RuleID = "HD25.15"       // the five attributes of a catalogue item
	RuleSharingType    RuleID = "HD25.27"       // sharing type of each item
	RuleSharing        RuleID = "HD25.28.share" // bases of sharing; basic data items are shared unconditionally
	RuleOpening        RuleID = "HD25.31"       // opening types and their reasons
	RuleEnterprises    RuleID = "HD25.5.9"      // the catalogue of data of enterprises and institutions
	RuleShare          RuleID = "HD25.29"       // share requests: application, decision, feedback
	RulePurchase       RuleID = "HD25.22"       // purchase of data by publicly funded bodies
	RuleOpeningCourse  RuleID = "HD25.30"       // audit before publication of opened data
	RuleOpeningPlan    RuleID = "HD25.32"       // opening plan, list and catalogue
	RuleSecret         RuleID = "HD25.28"       // secret data follow the secrecy rules
	RuleIdentifier     RuleID = "HD25.21"       // credit code or citizen number
	RuleProvenance     RuleID = "HD25.23"       // lawful, genuine source
	RuleRights         RuleID = "HD25.35"       // three separate rights
	RuleTrace          RuleID = "HD25.20.trace" // use can be traced
	RuleAgreedUse      RuleID = "HD25.36"       // use within the agreed purpose, scope, mode and term
	RuleRegistrar      RuleID = "HD25.42"       // registration body
	RuleReconciliation RuleID = "HD25.18"       // reconciliation of returned data
	RuleDisclosure     RuleID = "HD25.38"       // disclosure of information
	RuleValuation      RuleID = "HD25.42.1"     // valuation of data assets
	RuleImportantData  RuleID = "HD25.54"       // filing of important data
	RuleCredit         RuleID = "HD25.59"       // credit of market participants
	RuleAnnualReport   RuleID = "N35.11"        // annual report of a registrar
	RuleDataObjection  RuleID = "HD25.20"       // objections to public data
	RuleComplaint      RuleID = "HD25.26"       // complaints: channel and handling
	RuleIncident       RuleID = "HD25.51"       // incidents of data security
	RuleSafety         RuleID = "HD25.57"       // inspections and rectification
	RuleReport         RuleID = "HD25.60"       // reports of violations
	RuleLevel          RuleID = "HD25.52"       // classification and grading
	RuleOwnAct         RuleID = "HD25.53"       // who uses is responsible: personal accounts
	RuleOutsourcing    RuleID = "HD25.53.2"     // contractors: security review and agreements
	RuleContractEnd    RuleID = "HD25.53.3"     // end of a contractor's agreement: accounts and data
	RulePersonal       RuleID = "HD25.55"       // basis of processing personal information
	RuleSuperior       RuleID = "HD25.61"       // superior rules prevail
	RuleTerm           RuleID = "HD25.62"       // the 办法 is in force until 2027-04-30
	RuleCertificate    RuleID = "HD25.A23"      // entry, publicity, certificate (附录 登记)
	RuleImpartial      RuleID = "N35.10"        // a registrar is no applicant in its own registry; records are kept 20 years
	RuleGovernment     RuleID = "N35.15"        // government data is not registered
	RuleMandate        RuleID = "N35.16"        // applying oneself or through others
	RuleAcceptance     RuleID = "N35.17"        // acceptance within three working days
	RuleReview         RuleID = "N35.18"        // reasonable and prudent review
	RuleName           RuleID = "N35.19"        // accurate description
	RuleAgreement      RuleID = "N35.20"        // rights by agreement
	RuleMatrix         RuleID = "N35.21"        // rights by source
	RuleGrounds        RuleID = "N35.22"        // grounds of refusal
	RuleRemarks        RuleID = "N35.23"        // remarks: orders, agreed limits, pledge
	RulePublicity      RuleID = "N35.24"        // publicity
	RuleObjection      RuleID = "N35.25"        // objections in publicity
	RuleDeposit        RuleID = "N35.26"        // deposit of evidence, validity
	RulePrevails       RuleID = "N35.27"        // the record prevails over the certificate
	RuleHandling       RuleID = "N35.28"        // handling time
	RuleDispute        RuleID = "N35.29"        // objections after registration
	RuleMaterials      RuleID = "N35.33"        // materials of a first registration
	RuleInspection     RuleID = "N35.30"        // inspection and copies of the file
	RuleKinds          RuleID = "N35.32"        // kinds of registration
	RuleTransfer       RuleID = "N35.34"        // transfer
	RuleChange         RuleID = "N35.35"        // change
	RuleRenewal        RuleID = "N35.36"        // renewal
	RuleCancellation   RuleID = "N35.37"        // cancellation
	RuleForm           RuleID = "N35.F1"        // form of a first registration (附件 1)
	RulePublicSubject  RuleID = "N26.3"         // who registers public data
	RulePublicDeposit  RuleID = "N26.7"         // own review and deposit before filing
	RulePublicKinds    RuleID = "N26.9"         // kinds of registration and their materials
	RuleFormalReview   RuleID = "N26.11"        // formal review
	RuleQueryCode      RuleID = "N26.13"        // query code
	RulePublicValidity RuleID = "N26.15"        // validity and renewal
	RuleRevocation     RuleID = "N26.20"        // revocation
	RuleOperationData  RuleID = "N27.16"        // registered before it is operated
	RuleConsent        RuleID = "N27.5.2"       // consent of who shared the data
	RuleRedevelopment  RuleID = "N27.6.2"       // the operator takes no part in re-development
	RulePlanItems      RuleID = "N27.9"         // what a plan settles
	RulePlan           RuleID = "N27.11"        // approval and filing of a plan
	RuleSelection      RuleID = "N27.12"        // fair selection of the operator
	RuleOperationSign  RuleID = "N27.13"        // resolution on the agreement, and its filing
	RuleOperationItems RuleID = "N27.14"        // what the agreement settles
	RulePeriods        RuleID = "CC.201"        // 民法典 第二百〇一至二百〇四条: periods
	RuleNotice         RuleID = "N35.17.2"      // written notice to the applicant
	RuleSameAsset      RuleID = "REG.asset"     // one open application and one active registration per asset and holder
	RuleDay            RuleID = "REG.day"       // acts belong to the open civil day
	RuleOnce           RuleID = "REG.once"      // the same request twice is one record
	RuleDemo           RuleID = "REG.demo"      // demo or legal is fixed when the network is founded
)

// Citation is where a rule stands, in words that can be shown.
type Citation struct {
	Rule     RuleID
	Document string // the document's Chinese title; 登记系统规则 for rules of the registry itself
	Article  string // 第…条
	Gist     string // the words of the article, exactly; for rules of the registry itself what they ask
}

const (
	documentHaidong  = "海东市数据要素管理办法（暂行）"
	documentGuide    = "数据产权登记工作指引（试行）"
	documentPublic   = "公共数据资源登记管理暂行办法"
	documentOperate  = "公共数据资源授权运营实施规范（试行）"
	documentRegistry = "登记系统规则"
)

// Citations lists every rule that a refusal may name. A test compares the quotations with docs/regulations.
var Citations = []Citation{
	{RuleScope, documentHaidong, "第二条", "海东市行政区域内开展数据资源供给、共享开放，数据要素流通交易、收益分配，数据发展创新等相关活动适用本办法。"},
	{RuleDeclarations, documentHaidong, "附录第4项", "数据资产：是指特定主体合法拥有或者控制的，能进行货币计量的，且能带来直接或者间接经济利益的数据资源。"},
	{RuleEnterpriseData, documentHaidong, "附录第7项", "企业数据：是指各类市场主体在生产经营活动中采集加工的不涉及个人信息和公共利益的数据。"},
	{RuleOneSource, documentHaidong, "第四条", "统一标准、一数一源、分类分级、汇聚整合"},
	{RuleCounty, documentHaidong, "第八条", "县区数据主管部门在市数据主管部门的指导下负责本行政区域内数据要素管理工作"},
	{RuleProvider, documentHaidong, "第九条", "编制本机构公共数据资源目录，依法制定本机构公共数据采集清单和规范"},
	{RuleCatalogue, documentHaidong, "第十五条", "公共数据资源目录应当明确公共数据的格式、分类、共享属性、开放属性、更新周期等内容。"},
	{RuleSharingType, documentHaidong, "第二十七条", "公共管理和服务机构应当在本机构公共数据资源目录中逐一注明公共数据的共享类型。"},
	{RuleSharing, documentHaidong, "第二十八条", "列为不予共享的数据必须有法律、法规、规章依据或者党中央、国务院政策依据；列为有条件共享的数据，应当明确相关依据和共享条件"},
	{RuleOpening, documentHaidong, "第三十一条", "涉及个人隐私、个人信息、商业秘密、保密商务信息，或者法律、法规规定不得开放的，列入不予开放类"},
	{RuleEnterprises, documentHaidong, "第五条", "负责编制、维护本级企事业单位信息资源数据资源目录，建立企事业单位信息资源数据资源清单管理机制"},
	{RulePurchase, documentHaidong, "第二十二条", "财政资金保障运行的公共管理和服务机构依法履行职责，可以申请采购企业数据和个人数据。数据主管部门负责统筹企业数据和个人数据采购需求。"},
	{RuleShare, documentHaidong, "第二十九条", "公共管理和服务机构需要共享跨层级、跨区域公共数据的，应当通过提出共享申请，由市数据局、市政务服务监管局会同有关部门协调获取。"},
	{RuleOpeningCourse, documentHaidong, "第三十条", "公共管理和服务机构应当按照数据主管部门要求，将需要开放的公共数据审核后通过公共数据平台推送到数据主管部门处进行发布。"},
	{RuleOpeningPlan, documentHaidong, "第三十二条", "公共管理和服务机构应当按照规定编制公共数据开放清单，明确公共数据的开放属性、类型、条件和更新频率等内容"},
	{RuleSecret, documentHaidong, "第二十八条", "涉及涉密数据的，按保密条例是否公布。"},
	{RuleTrace, documentHaidong, "第二十条", "使用过程可追溯"},
	{RuleIdentifier, documentHaidong, "第二十一条", "自然人数据应当以身份证件号码作为标识，法人和其他组织数据应当以统一社会信用代码作为标识。"},
	{RuleProvenance, documentHaidong, "第二十三条", "保证来源合规合法、真实可信。"},
	{RuleRights, documentHaidong, "第三十五条", "市人民政府按照国家有关规定建立数据资源持有权、数据加工使用权、数据产品经营权等分置的数据产权运行机制。"},
	{RuleAgreedUse, documentHaidong, "第三十六条", "符合约定的用途、范围、方式、期限等，并履行数据安全保护义务。"},
	{RuleRegistrar, documentHaidong, "第四十二条", "探索成立数据资产登记机构，承担数据资产登记工作，提供登记服务。"},
	{RuleReconciliation, documentHaidong, "第十八条", "建立数据对账机制，将返还数据和对账记录进行数据核对，确保返还数据的一致性和完整性。"},
	{RuleDisclosure, documentHaidong, "第三十八条", "制定数据交易、信息披露、自律监管等规则。"},
	{RuleValuation, documentHaidong, "第四十二条第一款", "建立健全数据资产价值评估、过程监测、信息披露和报告等机制，支持第三方服务机构依据资产评估准则开展数据资产评估工作"},
	{RuleImportantData, documentHaidong, "第五十四条", "定期梳理识别重要数据和核心数据，形成目录并及时报备。明确数据安全负责人和管理机构，落实数据分级防护要求。"},
	{RuleCredit, documentHaidong, "第五十九条", "建立数据要素市场信用体系"},
	{RuleAnnualReport, documentGuide, "第十一条", "登记机构应当于每年3月31日前向其住所地省级数据管理部门报告上一年度数据产权登记业务开展情况"},
	{RuleDataObjection, documentHaidong, "第二十条", "实现数据质量可反馈、使用过程可追溯、数据异议可处置。"},
	{RuleComplaint, documentHaidong, "第二十六条", "数据主管部门应当建立数据归集相关主体的权益保障制度，明确投诉渠道和处理流程，做好权益保障的日常检查监督。"},
	{RuleIncident, documentHaidong, "第五十一条", "建立数据安全应急预警、响应、处置和灾难恢复机制"},
	{RuleSafety, documentHaidong, "第五十七条", "对在监督检查中发现存在安全风险的，应当提出改进要求并督促整改。"},
	{RuleReport, documentHaidong, "第六十条", "任何单位和个人有权向数据主管部门及其他相关部门举报数据要素化过程中的违法行为，各有关部门应当依法及时处理。"},
	{RuleLevel, documentHaidong, "第五十二条", "各级各部门应当按照国家和省市数据分类分级要求，对本级本部门以及相关行业、领域的数据进行分类分级管理。"},
	{RuleOwnAct, documentHaidong, "第五十三条", "谁收集谁负责、谁持有谁负责、谁管理谁负责、谁使用谁负责"},
	{RuleOutsourcing, documentHaidong, "第五十三条第二款", "经安全审查符合条件的，签订服务外包协议时应当同时签订服务安全保护及保密协议，约定违约责任，并监督服务提供方履行数据安全保护义务。"},
	{RuleContractEnd, documentHaidong, "第五十三条第三款", "服务外包协议不生效、无效、被撤销或者终止的，应当撤销账号或者重置密码，并监督服务提供方以数据覆盖、物理销毁等不可逆方式删除相关数据。"},
	{RulePersonal, documentHaidong, "第五十五条", "处理涉及个人信息的数据应当遵循合法、正当、必要原则"},
	{RuleSuperior, documentHaidong, "第六十一条", "法律法规、规章和上级政策文件对数据要素管理有规定的，从其规定。"},
	{RuleTerm, documentHaidong, "第六十二条", "本办法自2025年5月1日起施行，有效期至2027年4月30日。"},
	{RuleCertificate, documentHaidong, "附录第23项", "数据资产登记机构将数据资源和数据产品的权属情况、数据来源、所属行业等事项进行记载和公示，并核发登记证书的行为。"},
	{RuleImpartial, documentGuide, "第十条", "不得作为登记申请人在本登记机构申请登记"},
	{RuleGovernment, documentGuide, "第十五条", "党政机关在依法履行职责过程中收集和产生的各类数据，以及基于履行职责需要，委托或授权其他企事业单位代为收集的数据，不进行数据产权登记"},
	{RuleMandate, documentGuide, "第十六条", "登记申请人根据自愿原则，自行或者委托他人向登记机构申请数据产权登记"},
	{RuleAcceptance, documentGuide, "第十七条", "登记机构收到数据产权登记申请材料，应当按照下列情况办理，并于三个工作日内告知受理结果"},
	{RuleReview, documentGuide, "第十八条", "应当对数据描述的准确性、数据来源的合规性、数据产权的明确性等进行合理审慎的审查。"},
	{RuleName, documentGuide, "第十九条", "数据名称原则上包含时间、地域、行业、内容、数据类型等。"},
	{RuleAgreement, documentGuide, "第二十条", "对于协议取得的数据，应审查相关协议中是否约定登记申请人享有相关数据产权"},
	{RuleMatrix, documentGuide, "第二十一条", "登记机构应按下列要求审查数据产权明确性"},
	{RuleGrounds, documentGuide, "第二十二条", "经审查有下列情形之一的，登记机构应当不予登记，并书面告知登记申请人"},
	{RuleRemarks, documentGuide, "第二十三条", "有以下情形的，应当以备注的方式予以记载"},
	{RulePublicity, documentGuide, "第二十四条", "公示期为五个工作日，自国家数据产权登记服务系统发布公示内容之日起计算。"},
	{RuleObjection, documentGuide, "第二十五条", "对公示内容提出异议的，应当提供异议理由和相关材料。登记机构自收到异议之日起十个工作日内对异议进行调查，可以要求登记申请人解释说明，并及时作出处理决定。"},
	{RuleDeposit, documentGuide, "第二十六条", "数据产权登记的有效期一般不超过五年，自登记信息存证之日起算。"},
	{RulePrevails, documentGuide, "第二十七条", "登记凭证内容与国家数据产权登记服务系统中存证的信息不一致的，以后者为准。"},
	{RuleHandling, documentGuide, "第二十八条", "登记机构应当自受理登记申请之日起十个工作日内办结数据产权登记手续。"},
	{RuleDispute, documentGuide, "第二十九条", "登记机构审查异议材料是否齐全，材料齐全的，应于收到材料后的五个工作日内书面通知登记申请人。"},
	{RuleMaterials, documentGuide, "第三十三条", "申请办理初次登记的，登记申请人应当提交初次登记申请表（参考模板见附件1）、登记申请人身份佐证材料、数据产权合法取得的佐证材料，以及数据样例和数据描述等材料。"},
	{RuleInspection, documentGuide, "第三十条", "查询、复制数据产权登记资料的单位、个人应当向登记机构说明查询、复制目的，不得将获得的登记资料用于其他目的；未经权利人同意，不得泄露获得的登记资料。"},
	{RuleKinds, documentGuide, "第三十二条", "数据产权登记包括初次登记、转让登记、变更登记、续期登记和注销登记。"},
	{RuleTransfer, documentGuide, "第三十四条", "拟将全部或部分数据产权转移给受让方，且自身不再保留的，转让方、受让方共同申请转让登记。"},
	{RuleChange, documentGuide, "第三十五条", "不涉及权利主体变更、数据来源等事项的重大变更，有以下情形的，登记申请人可以申请变更登记"},
	{RuleRenewal, documentGuide, "第三十六条", "数据产权登记凭证有效期届满前六个月至届满前一日，登记申请人可以向登记机构申请续期登记。"},
	{RuleCancellation, documentGuide, "第三十七条", "有以下情形的，登记机构对已登记数据产权进行注销登记"},
	{RuleForm, documentGuide, "附件1", "初次登记申请表"},
	{RulePublicSubject, documentPublic, "第三条", "登记主体，是指根据工作职责直接持有或管理公共数据资源的单位，以及依法依规对授权范围的公共数据资源进行开发运营的法人组织。"},
	{RulePublicDeposit, documentPublic, "第七条", "登记主体在申请登记前应在保障安全的前提下对公共数据资源进行存证，确保来源可查、加工可控。"},
	{RulePublicKinds, documentPublic, "第九条", "登记主体应按规定提交主体信息、数据合法合规性来源、数据资源情况、存证情况、产品和服务信息、应用场景信息、数据安全风险评估等申请材料。"},
	{RuleFormalReview, documentPublic, "第十一条", "登记机构应当对登记材料内容进行形式审核，自受理之日起20个工作日之内完成审核。"},
	{RuleQueryCode, documentPublic, "第十三条", "登记机构应按照国家数据局制定的统一编码规范向登记主体发放登记结果查询码。"},
	{RulePublicValidity, documentPublic, "第十五条", "登记结果有效期原则上为三年，自赋码之日起计算。"},
	{RuleRevocation, documentPublic, "第二十条", "登记主体有下列行为的，经核实认定后由登记机构撤销登记"},
	{RuleConsent, documentOperate, "第五条第二款", "以政务数据共享方式获得的其他地区或部门的公共数据，用于授权运营的，应征得共享数据提供单位同意。"},
	{RuleRedevelopment, documentOperate, "第六条第二款", "不得直接或间接参与授权范围内已交付的公共数据产品和服务再开发。"},
	{RulePlanItems, documentOperate, "第九条", "实施方案应包括以下内容"},
	{RulePlan, documentOperate, "第十一条", "公共数据资源授权运营实施方案应按照“三重一大”决策机制要求，审议通过后实施。"},
	{RuleSelection, documentOperate, "第十二条", "以公开招标、邀请招标、谈判等公平竞争方式选择运营机构。"},
	{RuleOperationSign, documentOperate, "第十三条", "经实施机构“三重一大”决策机制审议通过后，与依法选定的运营机构签订公共数据资源授权运营协议。"},
	{RuleOperationItems, documentOperate, "第十四条", "运营期限，原则上最长不超过5年"},
	{RuleOperationData, documentOperate, "第十六条", "实施机构、运营机构应分别将授权运营范围内的公共数据资源、公共数据产品和服务，按照公共数据资源登记管理要求进行登记。"},
	{RulePeriods, "中华人民共和国民法典", "第二百〇一至二百〇四条", "期间的计算"},
	{RuleNotice, documentGuide, "第十七条（二）", "应当受理并书面告知登记申请人"},
	{RuleSameAsset, documentRegistry, "同一资产", "同一权利人的同一数据资产只有一件在办申请或者一项有效登记"},
	{RuleDay, documentRegistry, "当日办理", "办理行为归属于当日，不得倒签"},
	{RuleOnce, documentRegistry, "一次办理", "同一请求只办理一次"},
	{RuleDemo, documentRegistry, "演示与正式", "演示网络或者正式网络在建网时确定，不得更改"},
}

// Cite finds the citation of a rule; ok is false for a rule that is not listed.
func Cite(id RuleID) (c Citation, ok bool) {
	for _, c := range Citations {
		if c.Rule == id {
			return c, true
		}
	}
	return Citation{}, false
}
