package issuer

import (
	"context"
	"fmt"
	"strings"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

// document turns the ledger's record into the words of the certificate. The certificate is in Chinese.
func (i *Issuer) document(ctx context.Context, c registry.Certificate) (certificate.Document, error) {
	asset, err := i.Records.Asset(ctx, c.Asset)
	if err != nil {
		return certificate.Document{}, fmt.Errorf("asset %s: %w", c.Asset, err)
	}
	if registry.Digest(registry.Certify(asset, c)) != c.ContentDigest {
		return certificate.Document{}, fmt.Errorf("%w: %s", ErrContent, c.Number)
	}
	registrar, err := i.Records.Party(ctx, c.Registrar)
	if err != nil {
		return certificate.Document{}, fmt.Errorf("registrar %s: %w", c.Registrar, err)
	}
	content := asset.Content
	code := string(asset.Holder)
	if strings.HasPrefix(code, "N-") {
		code = ""
	}
	public := registry.PublicMatter{}
	if content.Public != nil {
		public = *content.Public
	}
	return certificate.Document{
		Result: c.Kind == "RESULT", Product: public.Product, Scenario: public.Scenario,
		Number: string(c.Number), AssetID: string(asset.ID), Holder: asset.HolderName, HolderCode: code,
		DataName: content.DataName, Overview: content.Overview, Industries: industries(content.Industries),
		Source: word("source", string(content.Source)), Acquisition: word("acquisition", content.Acquisition),
		Spatial:  word("scope", content.Spatial.Scope) + "：" + regions(content.Spatial.Codes),
		Temporal: string(content.Temporal.From) + " 至 " + string(content.Temporal.To), Frequency: word("frequency", content.Frequency),
		Volume: fmt.Sprintf("%d 条，%s", content.Volume.Records, size(content.Volume.Bytes)),
		Form:   words("media", content.Form.Media) + "；" + word("structure", content.Form.Structure),
		Rights: rights(content.Rights), Restrictions: restrictions(content.Restrictions), Remarks: remarks(asset, c),
		RegisteredAt: c.IssuedAt, ValidFrom: string(c.ValidFrom), ValidUntil: string(c.ValidUntil), Registrar: registrar.Name,
		RegistrarCode: string(c.Registrar), Profile: c.Profile, TxID: c.TxID, ContentDigest: c.ContentDigest, KeyID: string(c.KeyID),
		VerifyURL: i.PublicURL + "/certificates/" + string(c.Number), Issuer: certificate.DID(i.PublicURL), Demo: i.Demo,
	}, nil
}

// remarks are the remarks that stand on the page when the certificate is issued (备注, 指引 第二十三条).
func remarks(asset registry.Asset, c registry.Certificate) string {
	var all []string
	if c.Replaces != "" {
		all = append(all, fmt.Sprintf("第 %d 版，替换证书 %s", c.Version, c.Replaces))
	}
	for _, limit := range asset.Limits {
		line := word("limit", string(limit.Kind))
		if limit.Until != "" {
			line += "（至 " + string(limit.Until) + "）"
		}
		all = append(all, line)
	}
	if len(all) == 0 {
		return "无"
	}
	return strings.Join(all, "；")
}

func word(kind, code string) string { return locale.Term(locale.Chinese, kind, code) }

func words(kind string, codes []string) string {
	var all []string
	for _, c := range codes {
		all = append(all, word(kind, c))
	}
	return strings.Join(all, "、")
}

func industries(list []registry.Industry) string {
	var all []string
	for _, ind := range list {
		section, _ := registry.FindIndustrySection(ind.Section)
		all = append(all, fmt.Sprintf("%s %s（大类 %s）", ind.Section, section.Name, ind.Division))
	}
	return strings.Join(all, "；")
}

func regions(codes []string) string {
	var all []string
	for _, code := range codes {
		if name := registry.RegionName(code); name != "" {
			code = name
		}
		all = append(all, code)
	}
	return strings.Join(all, "、")
}

func size(bytes int64) string {
	const mega = 1 << 20
	if bytes >= 1<<30 {
		return fmt.Sprintf("%d.%d GB", bytes>>30, (bytes&(1<<30-1))*10>>30)
	}
	if bytes >= mega {
		return fmt.Sprintf("%d MB", bytes/mega)
	}
	return fmt.Sprintf("%d 字节", bytes)
}

func rights(claims []registry.RightClaim) []certificate.Right {
	var all []certificate.Right
	for _, c := range claims {
		term := string(c.From) + " 起，登记有效期内"
		if c.To != "" {
			term = string(c.From) + " 至 " + string(c.To)
		}
		limits := c.Limits
		if limits == "" {
			limits = "无"
		}
		all = append(all, certificate.Right{Kind: string(c.Kind), Name: word("right", string(c.Kind)), Term: term, Limits: limits})
	}
	return all
}

func restrictions(r registry.Restrictions) string {
	yes := map[bool]string{true: "可", false: "不可"}
	return fmt.Sprintf("使用对象：%s；购买方资质：%s；使用环境：%s；使用地域：%s；%s转售；%s出境", r.Objects, r.Qualification, r.Environment, r.Region, yes[r.Resale], yes[r.Export])
}
