package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/go-jose/go-jose/v4"
)

// Verdict is what a verification comes to (I24).
type Verdict string

// Verdicts. The first eight need the ledger's state.
const (
	Valid                  Verdict = "VALID"      // 有效
	Frozen                 Verdict = "FROZEN"     // 冻结
	Cancelled              Verdict = "CANCELLED"  // 注销
	Revoked                Verdict = "REVOKED"    // 撤销
	Expired                Verdict = "EXPIRED"    // 过期
	Superseded             Verdict = "SUPERSEDED" // 被替换
	NotFound               Verdict = "NOT_FOUND"  // 未找到
	Mismatch               Verdict = "MISMATCH"   // 与账本不符
	AuthenticStateUnknown  Verdict = "AUTHENTIC_STATE_NOT_CHECKED"
	NotAuthentic           Verdict = "NOT_AUTHENTIC"
	maxFile                        = 20 << 20
	statementForm                  = `hehuang-certificate/1 number=([0-9A-Z]{22}) content=([0-9a-f]{64}) key=([0-9A-Z]{20}) issued=([0-9TZ:-]{20})`
	credentialContentTypes         = "vc+jwt"
)

// ExitCode is the exit status of a verifying program: 0 valid, 1 not valid, 3 authentic but state not checked.
func (v Verdict) ExitCode() int {
	switch v {
	case Valid:
		return 0
	case AuthenticStateUnknown:
		return 3
	}
	return 1
}

// Bundle is what a verifier trusts, pinned offline: the registrar's document keys as the ledger has them.
type Bundle struct {
	Version   int    `json:"version"` // 1
	Registrar string `json:"registrar"`
	Keys      []Key  `json:"keys"`
}

// Key is a document key.
type Key struct {
	ID          string `json:"id"`
	Certificate string `json:"certificate"` // PEM
}

// State is what the ledger says of a certificate; nil means that it was not asked.
type State struct {
	Found         bool      `json:"found"`
	Status        string    `json:"status"` // a Verdict from VALID to SUPERSEDED
	ContentDigest string    `json:"contentDigest"`
	PDFSha256     string    `json:"pdfSha256"`
	VCSha256      string    `json:"vcSha256"`
	Block         uint64    `json:"block"`
	At            time.Time `json:"at"`
}

// Outcome of one check.
type Outcome string

// Outcomes of a check.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Skipped Outcome = "not checked"
)

// Check is one thing that was looked at.
type Check struct {
	Name    string  `json:"name"` // Chinese, for people
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail,omitempty"`
}

// Report says what was checked and the verdict.
type Report struct {
	Verdict Verdict   `json:"verdict"`
	Kind    string    `json:"kind"` // PDF or credential
	Number  string    `json:"number,omitempty"`
	Issued  time.Time `json:"issued"`
	Checks  []Check   `json:"checks"`
	Block   uint64    `json:"block,omitempty"`
	AsOf    time.Time `json:"asOf"`
}

func (r *Report) check(name string, err error) bool {
	c := Check{Name: name, Outcome: Passed}
	if err != nil {
		c.Outcome, c.Detail = Failed, err.Error()
	}
	r.Checks = append(r.Checks, c)
	return err == nil
}

// claims are what a document says of itself, under its signature.
type claims struct {
	number, content, keyID string
	issued                 time.Time
}

// Verify looks at a certificate file: is it authentic, and does the ledger still stand behind it. It is pure; state is
// the ledger's answer for the number that Identify reads, or nil.
func Verify(file []byte, trust Bundle, state *State) Report {
	r := Report{Verdict: NotAuthentic}
	var said claims
	var err error
	if bytes.HasPrefix(file, []byte("%PDF-")) {
		r.Kind = "PDF"
		said, err = verifyPDF(file, trust)
	} else {
		r.Kind = "credential"
		said, err = verifyCredential(file, trust)
	}
	r.Number, r.Issued = said.number, said.issued
	if !r.check("电子签名覆盖全文且由登记机构签名密钥作出", err) {
		return r
	}
	if state == nil {
		r.Checks = append(r.Checks, Check{Name: "登记簿（账本）状态", Outcome: Skipped})
		r.Verdict = AuthenticStateUnknown
		return r
	}
	r.Block, r.AsOf = state.Block, state.At
	r.Verdict = r.compare(file, said, *state)
	return r
}

// compare holds an authentic document against the ledger.
func (r *Report) compare(file []byte, said claims, state State) Verdict {
	if !state.Found {
		r.check("登记簿（账本）有此编号", errors.New("账本上没有此编号"))
		return NotFound
	}
	r.check("登记簿（账本）有此编号", nil)
	recorded := state.VCSha256
	if r.Kind == "PDF" {
		recorded = state.PDFSha256
	}
	same := r.check("内容摘要与账本一致", equal(said.content, state.ContentDigest))
	same = r.check("文件摘要与账本一致", equal(Digest(file), recorded)) && same
	if !same {
		return Mismatch
	}
	var err error
	if state.Status != string(Valid) {
		err = fmt.Errorf("账本状态为 %s", state.Status)
	}
	r.check("登记状态有效", err)
	switch v := Verdict(state.Status); v {
	case Valid, Frozen, Cancelled, Revoked, Expired, Superseded:
		return v
	}
	return Mismatch
}

func equal(have, want string) error {
	if have == "" || have != want {
		return fmt.Errorf("文件 %s，账本 %s", clip(have), clip(want))
	}
	return nil
}

func clip(digest string) string {
	if len(digest) > 16 {
		return digest[:16] + "…"
	}
	return digest
}

// Identify reads the number that a file claims, without trusting it, so that the ledger can be asked.
func Identify(file []byte) string {
	if bytes.HasPrefix(file, []byte("%PDF-")) {
		if m := regexp.MustCompile(statementForm).FindSubmatch(file); m != nil {
			return string(m[1])
		}
		return ""
	}
	parsed, err := parseCredential(file)
	if err != nil {
		return ""
	}
	var c credential
	if json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &c) != nil {
		return ""
	}
	return c.CredentialSubject.Number
}

func (b Bundle) find(id string) (*x509.Certificate, error) {
	for _, k := range b.Keys {
		if k.ID != id {
			continue
		}
		block, _ := pem.Decode([]byte(k.Certificate))
		if block == nil {
			return nil, fmt.Errorf("信任包中的密钥 %s 已损坏", id)
		}
		return x509.ParseCertificate(block.Bytes)
	}
	return nil, fmt.Errorf("签名密钥 %q 不在信任包中", id)
}

var byteRange = regexp.MustCompile(`/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]`)

// signedParts finds the one signature of a PDF and demands that it covers every byte but its own.
func signedParts(file []byte) (signed, cms []byte, err error) {
	if len(file) > maxFile {
		return nil, nil, errors.New("文件过大")
	}
	found := byteRange.FindAllSubmatch(file, 2)
	if len(found) != 1 {
		return nil, nil, fmt.Errorf("有 %d 处签名，应当只有一处", len(found))
	}
	var n [4]int
	for i := range n {
		if n[i], err = strconv.Atoi(string(found[0][i+1])); err != nil || n[i] > len(file) {
			return nil, nil, errors.New("签名范围无效")
		}
	}
	gapStart, gapEnd := n[0]+n[1], n[2]
	if n[0] != 0 || gapStart >= gapEnd || gapEnd+n[3] != len(file) || file[gapStart] != '<' || file[gapEnd-1] != '>' {
		return nil, nil, errors.New("签名没有覆盖整个文件")
	}
	cms, err = hex.DecodeString(strings.TrimSpace(string(file[gapStart+1 : gapEnd-1])))
	if err != nil {
		return nil, nil, errors.New("签名数据已损坏")
	}
	return append(append([]byte(nil), file[:gapStart]...), file[gapEnd:]...), cms, nil
}

func verifyPDF(file []byte, trust Bundle) (said claims, err error) {
	defer func() { // the CMS parser meets hostile input
		if cause := recover(); cause != nil {
			err = errors.New("签名数据已损坏")
		}
	}()
	signed, cms, err := signedParts(file)
	if err != nil {
		return said, err
	}
	statements := regexp.MustCompile(statementForm).FindAllSubmatch(signed, 2)
	if len(statements) != 1 {
		return said, errors.New("文件没有登记证书的签名声明")
	}
	m := statements[0]
	said = claims{number: string(m[1]), content: string(m[2]), keyID: string(m[3])}
	if said.issued, err = time.Parse(time.RFC3339, string(m[4])); err != nil {
		return said, errors.New("签名声明的时间无效")
	}
	cert, err := trust.find(said.keyID)
	if err != nil {
		return said, err
	}
	body, err := canonicalCMS(cms)
	if err != nil {
		return said, err
	}
	p7, err := pkcs7.Parse(body)
	if err != nil {
		return said, errors.New("签名数据已损坏")
	}
	p7.Content = signed
	signer := p7.GetOnlySigner()
	if signer == nil || !signer.Equal(cert) {
		return said, errors.New("签名者不是声明的登记机构密钥")
	}
	if err := p7.Verify(); err != nil {
		return said, errors.New("签名与文件内容不符")
	}
	return said, inForce(cert, said.issued)
}

// canonicalCMS cuts the zero padding after the DER structure and refuses anything else there: every byte counts.
func canonicalCMS(cms []byte) ([]byte, error) {
	length, header, ok := derLength(cms)
	if !ok || header+length > len(cms) {
		return nil, errors.New("签名数据已损坏")
	}
	if len(bytes.Trim(cms[header+length:], "\x00")) > 0 {
		return nil, errors.New("签名数据之后有多余内容")
	}
	return cms[:header+length], nil
}

func derLength(b []byte) (length, header int, ok bool) {
	if len(b) < 2 || b[0] != 0x30 {
		return 0, 0, false
	}
	if b[1] < 0x80 {
		return int(b[1]), 2, true
	}
	n := int(b[1] & 0x7f)
	if n == 0 || n > 3 || len(b) < 2+n {
		return 0, 0, false
	}
	for _, x := range b[2 : 2+n] {
		length = length<<8 | int(x)
	}
	return length, 2 + n, true
}

// inForce judges a key as of issuance.
func inForce(cert *x509.Certificate, issued time.Time) error {
	if issued.Before(cert.NotBefore) || issued.After(cert.NotAfter) {
		return errors.New("签发时签名密钥的证书不在有效期内")
	}
	return nil
}

func parseCredential(file []byte) (*jose.JSONWebSignature, error) {
	if len(file) > maxFile {
		return nil, errors.New("文件过大")
	}
	parsed, err := jose.ParseSignedCompact(string(file), []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, errors.New("不是登记证书的电子凭证")
	}
	if again, err := parsed.CompactSerialize(); err != nil || again != string(file) {
		return nil, errors.New("电子凭证的编码不规范")
	}
	return parsed, nil
}

func verifyCredential(file []byte, trust Bundle) (said claims, err error) {
	parsed, err := parseCredential(file)
	if err != nil {
		return said, err
	}
	var c credential
	if err := json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &c); err != nil {
		return said, errors.New("电子凭证的内容已损坏")
	}
	said = claims{number: c.CredentialSubject.Number, content: c.Evidence.ContentDigest, keyID: c.Evidence.KeyID}
	cert, err := trust.find(said.keyID)
	if err != nil {
		return said, err
	}
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return said, errors.New("签名密钥类型不符")
	}
	header := parsed.Signatures[0].Protected
	if header.ExtraHeaders[jose.HeaderType] != credentialContentTypes || header.KeyID != c.Issuer+"#"+said.keyID {
		return said, errors.New("电子凭证的头部不符")
	}
	if _, err := parsed.Verify(key); err != nil {
		return said, errors.New("签名与内容不符")
	}
	if said.issued, err = time.Parse(time.RFC3339, c.Evidence.IssuedAt); err != nil {
		return said, errors.New("签发时间无效")
	}
	return said, inForce(cert, said.issued)
}
