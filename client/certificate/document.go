// Package certificate builds, signs and verifies registration certificates (数据资产登记证书). It is pure: no clock, no
// network, no ledger; what a verification should know of the ledger's state is handed to it.
//
// A certificate is a PDF for people and a W3C credential for programs. Both carry the content digest that the ledger
// records; where document and ledger differ, the ledger prevails (指引 第二十七条).
package certificate

import (
	"net/url"
	"strings"
	"time"
)

// Document is everything that a certificate says, in words that can be printed.
type Document struct {
	Result        bool   // of a public track: 登记结果 with a query code, not 登记证书
	Number        string // 登记证书编号 or 登记结果查询码, 22 characters
	Product       string // 产品和服务信息, of a result
	Scenario      string // 应用场景信息, of a result
	AssetID       string
	Holder        string // 权利人
	HolderCode    string // 统一社会信用代码; empty for natural persons
	DataName      string
	Overview      string
	Industries    string
	Source        string
	Acquisition   string
	Spatial       string
	Temporal      string
	Frequency     string
	Volume        string
	Form          string
	Rights        []Right
	Restrictions  string
	Remarks       string
	RegisteredAt  time.Time
	ValidFrom     string // civil date
	ValidUntil    string // last civil day
	Registrar     string
	RegistrarCode string
	Profile       string // rule profile under which it was registered
	TxID          string // of the transaction that registered
	ContentDigest string // hex SHA-256, as the ledger records it
	KeyID         string
	VerifyURL     string
	Issuer        string // did:web of the registrar
	Demo          bool
}

// Right is one registered right (持有权、使用权、经营权).
type Right struct {
	Kind   string `json:"kind"`   // HOLD, USE or OPERATE
	Name   string `json:"name"`   // 数据资源持有权, …
	Term   string `json:"term"`   // from – to
	Limits string `json:"limits"` // 无 if none
}

// Title is what the document calls itself.
func (d Document) Title() string {
	if d.Result {
		return "公共数据登记结果"
	}
	return "数据资产登记证书"
}

// numbered is the number with the word for it.
func (d Document) numbered() string {
	if d.Result {
		return "登记结果查询码：" + d.Number
	}
	return "编号：" + d.Number
}

// row is one line of the printed table.
type row struct{ label, text string }

func (d Document) rows() []row {
	rows := []row{{"权利人", d.Holder}}
	if d.HolderCode != "" {
		rows = append(rows, row{"统一社会信用代码", d.HolderCode})
	}
	rows = append(rows, row{"数据名称", d.DataName}, row{"数据概述", d.Overview}, row{"所属行业", d.Industries},
		row{"数据来源", d.Source + "（" + d.Acquisition + "）"}, row{"地域范围", d.Spatial}, row{"时域范围", d.Temporal},
		row{"更新频率", d.Frequency}, row{"数据规模", d.Volume}, row{"数据形态", d.Form})
	if d.Result {
		rows = append(rows, row{"产品和服务", d.Product}, row{"应用场景", d.Scenario})
	}
	for _, r := range d.Rights {
		rows = append(rows, row{r.Name, r.Term + "；限制：" + r.Limits})
	}
	return append(rows, row{"限制范围", d.Restrictions}, row{"备注", d.Remarks},
		row{"登记日期", d.ValidFrom}, row{"有效期至", d.ValidUntil}, row{"登记机构", d.Registrar})
}

// DID is the did:web of a registrar's public URL; a port is percent-encoded.
func DID(publicURL string) string {
	u, err := url.Parse(publicURL)
	if err != nil {
		return ""
	}
	return "did:web:" + strings.ReplaceAll(u.Host, ":", "%3A")
}
