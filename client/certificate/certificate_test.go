package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var issued = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

const keyID = "KEYABCDEFGHIJKLMNOP2"

func sample() Document {
	return Document{
		Number: "HDZC63022220261100001X", AssetID: "ASTABCDEFGHIJKLMNOP2", Holder: "民和县河湟设施农业专业合作社（虚构）", HolderCode: "93630222MAFAKE06XA",
		DataName: "2019–2024年海东市民和县设施农业产销数据集", Overview: strings.Repeat("设施大棚的种植、采收与销售情况，按日采集、按月汇总。", 15),
		Industries: "A 农、林、牧、渔业（01）", Source: "采集生成", Acquisition: "采集", Spatial: "区县级：民和回族土族自治县", Temporal: "2019-01-01 至 2024-12-31",
		Frequency: "按月", Volume: "1203456 条", Form: "表格；结构化", Rights: []Right{{"HOLD", "数据资源持有权", "登记有效期内", "无"}, {"USE", "数据加工使用权", "登记有效期内", "无"}},
		Restrictions: "无", Remarks: "无", RegisteredAt: issued, ValidFrom: "2026-11-24", ValidUntil: "2031-11-24", Registrar: "海东市数据资产登记中心（虚构）",
		RegistrarCode: "12630200MBFAKE020X", Profile: "DATA_ASSET/2", TxID: strings.Repeat("ab", 32), ContentDigest: strings.Repeat("cd", 32), KeyID: keyID,
		VerifyURL: "http://localhost:8080/certificates/HDZC63022220261100001X", Issuer: "did:web:localhost%3A8080", Demo: true,
	}
}

type authority struct {
	key   *ecdsa.PrivateKey
	cert  *x509.Certificate
	trust Bundle
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "海东市数据资产登记机构文书签名（演示）"},
		NotBefore: issued.AddDate(-1, 0, 0), NotAfter: issued.AddDate(5, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return authority{key, cert, Bundle{Version: 1, Registrar: "12630200MBFAKE020X", Keys: []Key{{ID: keyID, Certificate: text}}}}
}

func (a authority) documents(t testing.TB, d Document) (signedPDF, credential []byte) {
	t.Helper()
	body, err := RenderPDF(d)
	if err != nil {
		t.Fatal(err)
	}
	if signedPDF, err = SignPDF(body, d, a.key, a.cert); err != nil {
		t.Fatal(err)
	}
	if credential, err = SignCredential(d, a.key); err != nil {
		t.Fatal(err)
	}
	return signedPDF, credential
}

func ledgerState(d Document, pdf, credential []byte) *State {
	return &State{Found: true, Status: "VALID", ContentDigest: d.ContentDigest, PDFSha256: Digest(pdf), VCSha256: Digest(credential), Block: 12, At: issued}
}

func TestRenderPDF_IsDeterministic(t *testing.T) {
	first, err := RenderPDF(sample())
	if err != nil {
		t.Fatal(err)
	}
	second, err := RenderPDF(sample())
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("two renderings differ (%v)", err)
	}
}

func TestRenderPDF_RefusesUncoveredCharacter(t *testing.T) {
	d := sample()
	d.Holder = "合作社𰻝"
	_, err := RenderPDF(d)
	var glyph *GlyphError
	if !errors.As(err, &glyph) || glyph.Field != "权利人" || string(glyph.Missing) != "𰻝" {
		t.Errorf("got %v", err)
	}
}

func TestVerify_AcceptsWhatWasIssued(t *testing.T) {
	a, d := newAuthority(t), sample()
	pdf, credential := a.documents(t, d)
	for name, file := range map[string][]byte{"pdf": pdf, "credential": credential} {
		if got := Identify(file); got != d.Number {
			t.Errorf("%s identifies as %q", name, got)
		}
		if r := Verify(file, a.trust, ledgerState(d, pdf, credential)); r.Verdict != Valid {
			t.Errorf("%s: %+v", name, r)
		}
		if r := Verify(file, a.trust, nil); r.Verdict != AuthenticStateUnknown || r.Verdict.ExitCode() != 3 {
			t.Errorf("%s offline: %+v", name, r)
		}
	}
}

func TestVerify_SaysWhatTheLedgerSays(t *testing.T) {
	a, d := newAuthority(t), sample()
	pdf, credential := a.documents(t, d)
	for _, c := range []struct {
		name   string
		change func(*State)
		want   Verdict
	}{
		{"revoked", func(s *State) { s.Status = "REVOKED" }, Revoked},
		{"expired", func(s *State) { s.Status = "EXPIRED" }, Expired},
		{"frozen", func(s *State) { s.Status = "FROZEN" }, Frozen},
		{"superseded", func(s *State) { s.Status = "SUPERSEDED" }, Superseded},
		{"cancelled", func(s *State) { s.Status = "CANCELLED" }, Cancelled},
		{"unknown_status", func(s *State) { s.Status = "?" }, Mismatch},
		{"not_on_ledger", func(s *State) { s.Found = false }, NotFound},
		{"other_content", func(s *State) { s.ContentDigest = strings.Repeat("00", 32) }, Mismatch},
		{"other_file", func(s *State) { s.PDFSha256 = strings.Repeat("00", 32) }, Mismatch},
		{"digests_not_recorded", func(s *State) { s.PDFSha256 = "" }, Mismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			state := ledgerState(d, pdf, credential)
			c.change(state)
			r := Verify(pdf, a.trust, state)
			if r.Verdict != c.want || r.Verdict.ExitCode() != 1 {
				t.Errorf("got %s", r.Verdict)
			}
		})
	}
}

// TestVerify_RefusesEveryFlippedByte flips every byte of the credential and, spread over the whole file, bytes of the
// PDF. What a CMS structure does not protect by itself, the recorded file digest does.
func TestVerify_RefusesEveryFlippedByte(t *testing.T) {
	a, d := newAuthority(t), sample()
	pdf, credential := a.documents(t, d)
	state := ledgerState(d, pdf, credential)
	for i := range credential {
		mutated := bytes.Clone(credential)
		mutated[i] ^= 1
		if v := Verify(mutated, a.trust, state).Verdict; v == Valid {
			t.Fatalf("credential with byte %d flipped is %s", i, v)
		}
	}
	step := max(1, len(pdf)/400)
	for i := 0; i < len(pdf); i += step {
		mutated := bytes.Clone(pdf)
		mutated[i] ^= 1
		if v := Verify(mutated, a.trust, state).Verdict; v == Valid {
			t.Fatalf("PDF with byte %d flipped is %s", i, v)
		}
	}
}

func TestVerify_RefusesForgeries(t *testing.T) {
	a, d := newAuthority(t), sample()
	pdf, credential := a.documents(t, d)
	other, _ := newAuthority(t).documents(t, d)
	for name, file := range map[string][]byte{
		"empty": nil, "text": []byte("hello"), "other_authority": other, "appended": append(bytes.Clone(pdf), "\n%%EOF\n"...),
		"truncated": pdf[:len(pdf)-10], "unsigned": mustRender(t, d), "credential_cut": credential[:len(credential)-1],
	} {
		if r := Verify(file, a.trust, nil); r.Verdict != NotAuthentic || r.Verdict.ExitCode() != 1 {
			t.Errorf("%s: %s", name, r.Verdict)
		}
	}
	d.RegisteredAt = issued.AddDate(9, 0, 0)
	expired, _ := a.documents(t, d)
	if r := Verify(expired, a.trust, nil); r.Verdict != NotAuthentic {
		t.Errorf("signed with a certificate that had expired: %s", r.Verdict)
	}
}

func mustRender(t *testing.T, d Document) []byte {
	t.Helper()
	body, err := RenderPDF(d)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestSignedPDF_OutsideTools lets programs of others judge the file.
func TestSignedPDF_OutsideTools(t *testing.T) {
	a, d := newAuthority(t), sample()
	pdf, _ := a.documents(t, d)
	file := filepath.Join(t.TempDir(), "certificate.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		program string
		args    []string
		want    string
	}{
		{"pdfsig", []string{"-nocert", file}, "Signature is Valid"},
		{"qpdf", []string{"--check", file}, "No syntax or stream encoding errors"},
		{"pdftotext", []string{file, "-"}, "民和县河湟设施农业专业合作社"},
	} {
		if _, err := exec.LookPath(c.program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Errorf("%s is missing (Debian: poppler-utils, qpdf)", c.program)
			}
			continue
		}
		out, err := exec.Command(c.program, c.args...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v\n%s", c.program, err, out)
		}
	}
}

func TestBreakLines(t *testing.T) {
	measure := func(s string) (float64, error) { return float64(len([]rune(s))), nil }
	for _, c := range []struct {
		defect, text string
		width        float64
		want         string
	}{
		{"fits", "数据", 5, "数据"},
		{"no_closing_mark_first", "数据数据，据", 4, "数据数|据，据"},
		{"no_opening_mark_last", "数据（数据）", 3, "数据|（数|据）"},
		{"narrower_than_a_character", "数据", 0.5, "数|据"},
		{"words_stay_whole", "数据DATA", 4, "数据|DATA"},
		{"line_feed", "数\n据", 5, "数|据"},
		{"empty", "", 5, ""},
	} {
		t.Run(c.defect, func(t *testing.T) {
			lines, err := breakLines(c.text, c.width, measure)
			if got := strings.Join(lines, "|"); err != nil || got != c.want {
				t.Errorf("got %q, want %q (%v)", got, c.want, err)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	a, d := newAuthority(f), sample()
	pdf, credential := a.documents(f, d)
	f.Add(pdf)
	f.Add(credential)
	f.Add([]byte("%PDF-1.4 /ByteRange [0 1 2 3]"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if bytes.Equal(file, pdf) || bytes.Equal(file, credential) {
			return
		}
		if r := Verify(file, a.trust, ledgerState(d, pdf, credential)); r.Verdict == Valid {
			t.Errorf("a file that was not issued is valid")
		}
		_ = Identify(file)
	})
}

func BenchmarkVerify(b *testing.B) {
	a, d := newAuthority(b), sample()
	pdf, credential := a.documents(b, d)
	state := ledgerState(d, pdf, credential)
	for b.Loop() {
		if Verify(pdf, a.trust, state).Verdict != Valid {
			b.Fatal("not valid")
		}
	}
}

// TestRender_AResultOfAPublicTrack calls itself what it is.
func TestRender_AResultOfAPublicTrack(t *testing.T) {
	d := sample()
	d.Result, d.Rights, d.Product, d.Scenario = true, nil, "农产品产销数据查询服务", "农产品产销对接"
	if d.Title() != "公共数据登记结果" || !strings.HasPrefix(d.numbered(), "登记结果查询码：") || d.credential().Type[1] != "PublicDataRegistrationResult" {
		t.Errorf("%s, %s, %v", d.Title(), d.numbered(), d.credential().Type)
	}
	if _, err := RenderPDF(d); err != nil {
		t.Error(err)
	}
	if sample().Title() != "数据资产登记证书" {
		t.Error("a certificate has another title")
	}
}
