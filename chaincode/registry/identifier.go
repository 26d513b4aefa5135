package registry

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// PartyID names a party (主体): a unified social credit code, or "N-" and the keyed reference of a natural person.
type PartyID string

// ApplicationID names an application (登记申请): "APP", 16 base32 characters, a check character.
type ApplicationID string

// AssetID names a page of the register (登记簿页): "AST", 16 base32 characters, a check character.
type AssetID string

// CertificateNumber is the local certificate number (登记证书编号) of 22 characters; see ParseCertificateNumber.
type CertificateNumber string

// KeyID names a document key (文书签名密钥): "KEY", 16 base32 characters, a check character.
type KeyID string

// ContractID names an outsourcing agreement (服务外包协议): "CTR", 16 base32 characters, a check character.
type ContractID string

// MandateID names a mandate (委托): "MDT", 16 base32 characters, a check character.
type MandateID string

// GrantID names a grant (授权): "GRT", 16 base32 characters, a check character.
type GrantID string

// MatterID names a matter of supervision (监督事项): "SUP", 16 base32 characters, a check character.
type MatterID string

// ShareID names a share request (共享申请): "SHR", 16 base32 characters, a check character.
type ShareID string

// PurchaseID names a purchase request (采购申请): "PUR", 16 base32 characters, a check character.
type PurchaseID string

// EntryID names an entry of the enterprise catalogue (企事业单位数据资源目录): "ECE", 16 base32 characters, a check character.
type EntryID string

// PlanID names an implementation plan (实施方案): "PLN", 16 base32 characters, a check character.
type PlanID string

// SubmissionID names a submission (报送): "SBM", 16 base32 characters, a check character.
type SubmissionID string

// BatchID names a batch that is reconciled (对账批次): "REC", 16 base32 characters, a check character.
type BatchID string

// PersonID names a person or service as the ledger knows them: MSP identifier, "/", enrolment id.
type PersonID string

// DerivedID makes an identifier from the transaction that creates the record: prefix, base32 of the first ten
// bytes of SHA-256(txID), check character (ISO 7064 MOD 37,36). Every endorser derives the same one.
func DerivedID(prefix, txID string) string {
	sum := sha256.Sum256([]byte(txID))
	body := prefix + base32.StdEncoding.EncodeToString(sum[:10])
	return body + string(mod3736(body))
}

// ValidDerivedID says whether id has the prefix, length and check character of DerivedID.
func ValidDerivedID(prefix, id string) bool {
	if len(id) != len(prefix)+17 || !strings.HasPrefix(id, prefix) {
		return false
	}
	body := id[:len(id)-1]
	if strings.Trim(body[len(prefix):], "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return false
	}
	return id[len(id)-1] == mod3736(body)
}

const alphabet36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// mod3736 is the check character of ISO 7064 MOD 37,36 over s, whose characters are 0–9 and A–Z.
func mod3736(s string) byte {
	p := 36
	for i := 0; i < len(s); i++ {
		p = (p + strings.IndexByte(alphabet36, s[i])) % 36
		if p == 0 {
			p = 36
		}
		p = 2 * p % 37
	}
	return alphabet36[(37-p)%36]
}

// Digest is the hexadecimal SHA-256 of the canonical JSON of v. v must be encodable; a value that is not has the
// empty digest, which no record carries.
func Digest(v any) string {
	body, err := Canonical(v)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// NormaliseCode makes typed codes comparable: spaces and separators at the ends removed, full-width characters
// narrowed, letters in upper case. Forms call it; the ledger accepts only what is normal already.
func NormaliseCode(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '　':
			continue
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(strings.TrimSpace(b.String()))
}
