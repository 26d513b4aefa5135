package web

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/hehuang-data/hehuang/client"
)

// halfOrder is half the order of P-256: peers refuse signatures whose S is greater.
var halfOrder = new(big.Int).Rsh(elliptic.P256().Params().N, 1)

// checkSigned judges a signature of the browser in Go.
func checkSigned(t *testing.T, key *ecdsa.PublicKey, message []byte, signature string) {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	var rs struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &rs); err != nil || len(rest) > 0 {
		t.Fatalf("%x is no DER signature: %v", der, err)
	}
	if rs.S.Cmp(halfOrder) > 0 {
		t.Errorf("high S: %x", der)
	}
	if sum := sha256.Sum256(message); !ecdsa.VerifyASN1(key, sum[:], der) {
		t.Errorf("%x does not verify", der)
	}
}

func publicKey(t *testing.T, spki string) *ecdsa.PublicKey {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(spki)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*ecdsa.PublicKey)
}

// notExportable is a script that answers, for each format, whether the key gave itself away.
const notExportable = `
	const leaked = [];
	for (const format of ["pkcs8", "jwk", "raw", "spki"]) {
		try { await crypto.subtle.exportKey(format, key); leaked.push(format); } catch {}
	}
	try { JSON.stringify(key) !== "{}" && leaked.push("json"); } catch {}
	return leaked.join();`

func TestKeys_PrivateKeyCannotBeRead(t *testing.T) {
	l := openLab(t)
	if leaked := must[string](l, `const { key } = await keys.generate();`+notExportable); leaked != "" {
		t.Errorf("a generated key leaks as %s", leaked)
	}
	file := js(keyFile(t, newKey(t), "AgencyMSP/he-applicant", ""))
	if leaked := must[string](l, `const { key } = await keys.importKeyFile(`+file+`, "");`+notExportable); leaked != "" {
		t.Errorf("an imported key leaks as %s", leaked)
	}
	if leaked := must[string](l, `const { key } = await keys.find("AgencyMSP/he-applicant");`+notExportable); leaked != "" {
		t.Errorf("a stored key leaks as %s", leaked)
	}
	if _, err := try[bool](l, `
		const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
		await keys.put({ account: "AgencyMSP/readable", key: pair.privateKey, spki: new Uint8Array(), certificate: "", site: "" });
		return true;`); err == nil {
		t.Error("a readable key is kept")
	}
}

func TestSign_LowSAndVerifiedByGo(t *testing.T) {
	l := openLab(t)
	const n = 300
	got := must[struct {
		Spki       string
		Signatures []string
	}](l, `
		const { key, spki } = await keys.generate();
		const signatures = [];
		for (let i = 0; i < 300; i++) signatures.push(bytes.base64(await sign.sign(key, bytes.utf8("message " + i))));
		return { spki: bytes.base64(spki), signatures };`)
	key := publicKey(t, got.Spki)
	if len(got.Signatures) != n {
		t.Fatalf("%d signatures", len(got.Signatures))
	}
	for i, s := range got.Signatures {
		checkSigned(t, key, fmt.Appendf(nil, "message %d", i), s)
	}
}

// TestSign_DEROfRareNumbers: short numbers, leading zeros and high S are encoded as Go encodes them.
func TestSign_DEROfRareNumbers(t *testing.T) {
	l := openLab(t)
	order := elliptic.P256().Params().N
	for name, rs := range map[string][2]*big.Int{
		"one_byte":     {big.NewInt(1), big.NewInt(1)},
		"sign_bit":     {big.NewInt(0x80), big.NewInt(0xff)},
		"leading_zero": {new(big.Int).Rsh(order, 9), new(big.Int).Rsh(order, 17)},
		"high_s":       {big.NewInt(77), new(big.Int).Sub(order, big.NewInt(5))},
		"half_order":   {big.NewInt(77), halfOrder},
		"just_above":   {big.NewInt(77), new(big.Int).Add(halfOrder, big.NewInt(1))},
	} {
		raw := append(rs[0].FillBytes(make([]byte, 32)), rs[1].FillBytes(make([]byte, 32))...)
		low := rs[1]
		if low.Cmp(halfOrder) > 0 {
			low = new(big.Int).Sub(order, low)
		}
		want, err := asn1.Marshal(struct{ R, S *big.Int }{rs[0], low})
		if err != nil {
			t.Fatal(err)
		}
		if got := must[string](l, `return bytes.hex(sign.derOf(`+js(raw)+`));`); got != hex.EncodeToString(want) {
			t.Errorf("%s: %s, want %x", name, got, want)
		}
	}
}

func TestKeys_FingerprintIsThatOfTheLedger(t *testing.T) {
	l := openLab(t)
	got := must[struct{ Spki, Digest, Short string }](l, `
		const { spki } = await keys.generate();
		const digest = await keys.fingerprint(spki);
		return { spki: bytes.base64(spki), digest, short: keys.short(digest) };`)
	der, err := x509.MarshalPKIXPublicKey(publicKey(t, got.Spki))
	if err != nil {
		t.Fatal(err)
	}
	want := hex.EncodeToString(func() []byte { sum := sha256.Sum256(der); return sum[:] }())
	if got.Digest != want {
		t.Errorf("fingerprint %s, want %s", got.Digest, want)
	}
	if got.Short != fmt.Sprintf("%s %s %s %s %s", want[:4], want[4:8], want[8:12], want[12:16], want[16:20]) {
		t.Errorf("short form %q of %s", got.Short, want)
	}
}

func TestCSR_ParsesAndVerifiesInGo(t *testing.T) {
	l := openLab(t)
	got := must[struct{ Spki, Request string }](l, `
		const { key, spki } = await keys.generate();
		return { spki: bytes.base64(spki), request: await csr.certificateRequest(key, spki, "he-applicant") };`)
	block, rest := pem.Decode([]byte(got.Request))
	if block == nil || block.Type != "CERTIFICATE REQUEST" || len(rest) > 0 {
		t.Fatalf("no request:\n%s", got.Request)
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := request.CheckSignature(); err != nil {
		t.Error(err)
	}
	if request.Subject.String() != "CN=he-applicant" || !publicKey(t, got.Spki).Equal(request.PublicKey) {
		t.Errorf("request for %s", request.Subject)
	}
}

func TestChallenge_IsThatOfTheSpecification(t *testing.T) {
	l := openLab(t)
	nonce := strings.Repeat("n", 43)
	got := must[string](l, `return bytes.base64(challenge.challengeMessage("http://localhost:8080", "AgencyMSP/he-applicant", `+js(nonce)+`));`)
	want := "\x00hehuang sign-in v1\norigin http://localhost:8080\naccount AgencyMSP/he-applicant\nnonce " + nonce + "\n"
	if got != base64.StdEncoding.EncodeToString([]byte(want)) {
		t.Errorf("got %s", got)
	}
	for name, args := range map[string][3]string{
		"line_in_origin":  {"http://a\naccount x", "AgencyMSP/he-applicant", nonce},
		"path_in_origin":  {"http://localhost:8080/", "AgencyMSP/he-applicant", nonce},
		"line_in_account": {"http://localhost:8080", "AgencyMSP/he\nnonce", nonce},
		"short_nonce":     {"http://localhost:8080", "AgencyMSP/he-applicant", "abc"},
		"line_in_nonce":   {"http://localhost:8080", "AgencyMSP/he-applicant", nonce[:42] + "\n"},
		"line_after":      {"http://localhost:8080", "AgencyMSP/he-applicant", nonce + "\n"},
	} {
		if _, err := try[string](l, fmt.Sprintf(`return bytes.base64(challenge.challengeMessage(%s, %s, %s));`, js(args[0]), js(args[1]), js(args[2]))); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certificateFor is a certificate of a key with a common name, PEM.
func certificateFor(t *testing.T, key *ecdsa.PrivateKey, name string) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{Organization: []string{"河湟"}, CommonName: name},
		NotBefore: time.Now().Add(-time.Hour).Truncate(time.Second), NotAfter: time.Now().Add(24 * time.Hour).Truncate(time.Second)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// keyFile is a key file as docs/formats.md has it; with a passphrase it is encrypted.
func keyFile(t *testing.T, key *ecdsa.PrivateKey, account, passphrase string, more ...[]byte) string {
	t.Helper()
	block := &pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, key)}
	if passphrase != "" {
		block = &pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: encrypted(t, block.Bytes, passphrase, 1000)}
	}
	return "Hehuang key file 河湟密钥文件\nAccount: " + account + "\nSite: http://localhost:8080\n" + string(pem.EncodeToMemory(block)) + string(bytes.Join(more, nil))
}

// encrypted is PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC.
func encrypted(t *testing.T, plain []byte, passphrase string, rounds int) []byte {
	t.Helper()
	salt, iv := make([]byte, 16), make([]byte, 16)
	_, _ = rand.Read(salt)
	_, _ = rand.Read(iv)
	secret, err := pbkdf2.Key(sha256.New, passphrase, salt, min(rounds, 1000), 32)
	if err != nil {
		t.Fatal(err)
	}
	pad := 16 - len(plain)%16
	plain = append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(secret)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(plain, plain)
	type algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters any
	}
	type kdf struct {
		Salt   []byte
		Rounds int
		PRF    algorithm
	}
	type pbes2 struct{ KDF, Cipher algorithm }
	der, err := asn1.Marshal(struct {
		Algorithm algorithm
		Content   []byte
	}{algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, pbes2{
		algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, kdf{salt, rounds, algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, asn1.NullRawValue}}},
		algorithm{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, iv}}}, plain})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestKeyFile_PlainAndEncryptedSign(t *testing.T) {
	l := openLab(t)
	for name, passphrase := range map[string]string{"plain": "", "encrypted": "河湟 pass-phrase"} {
		key := newKey(t)
		account := "AgencyMSP/" + name
		certificate := certificateFor(t, key, name)
		got := must[struct{ Account, Site, Certificate, Signature, Digest string }](l, `
			const entry = await keys.importKeyFile(`+js(keyFile(t, key, account, passphrase, certificate))+`, `+js(passphrase)+`);
			return { ...entry, signature: bytes.base64(await sign.sign(entry.key, bytes.utf8("m"))), digest: await keys.fingerprint(entry.spki) };`)
		checkSigned(t, &key.PublicKey, []byte("m"), got.Signature)
		if got.Account != account || got.Site != "http://localhost:8080" || got.Certificate != string(certificate) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	key := newKey(t)
	bare := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, key)}))
	if got := must[string](l, `return (await keys.importKeyFile(`+js(strings.ReplaceAll(bare, "\n", "\r\n"))+`, "", "BureauMSP/sun-supervisor")).account;`); got != "BureauMSP/sun-supervisor" {
		t.Errorf("a bare key is %q", got)
	}
}

// TestKeyFile_OfTheCommandLine: what registryctl writes the browser reads.
func TestKeyFile_OfTheCommandLine(t *testing.T) {
	l := openLab(t)
	for _, passphrase := range []string{"", "河湟 pass-phrase"} {
		file, err := client.NewKeyFile(testAccount, "http://localhost:8080")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "key.pem")
		if err := file.Create(path, passphrase); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := must[struct{ Account, Site, Digest string }](l, `
			const entry = await keyfile.openKeyFile(`+js(string(body))+`, `+js(passphrase)+`, "");
			return { ...entry, digest: await keys.fingerprint(entry.spki) };`)
		if got.Account != testAccount || got.Site != "http://localhost:8080" || got.Digest != file.Digest() {
			t.Errorf("%+v, want digest %s", got, file.Digest())
		}
	}
}

func TestKeyFile_RefusesWhatIsWrong(t *testing.T) {
	l := openLab(t)
	key, other := newKey(t), newKey(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return "Account: AgencyMSP/a-person\n" + string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	plain := pkcs8(t, key)
	// The public half of another key in the file: it would be another account's fingerprint.
	swapped := bytes.Replace(plain, mustPoint(t, key), mustPoint(t, other), 1)
	for name, c := range map[string]struct{ file, passphrase, want string }{
		"empty":                    {"", "", "not_a_key_file"},
		"certificate_only":         {string(certificateFor(t, key, "x")), "", "not_a_key_file"},
		"two_keys":                 {block("PRIVATE KEY", plain) + block("PRIVATE KEY", plain), "", "not_a_key_file"},
		"not_base64":               {"-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n", "", "not_a_key_file"},
		"p384":                     {block("PRIVATE KEY", pkcs8(t, p384)), "", "not_p256"},
		"rsa":                      {block("PRIVATE KEY", pkcs8(t, rsaKey)), "", "not_p256"},
		"truncated":                {block("PRIVATE KEY", plain[:60]), "", "not_p256"},
		"public_half_of_another":   {block("PRIVATE KEY", swapped), "", "not_p256"},
		"no_passphrase":            {keyFile(t, key, "AgencyMSP/a", "secret"), "", "passphrase_missing"},
		"wrong_passphrase":         {keyFile(t, key, "AgencyMSP/a", "secret"), "Secret", "passphrase_wrong"},
		"too_many_rounds":          {block("ENCRYPTED PRIVATE KEY", encrypted(t, plain, "secret", 1<<30)), "secret", "encryption_unknown"},
		"other_encryption":         {block("ENCRYPTED PRIVATE KEY", plain), "secret", "encryption_unknown"},
		"no_account":               {strings.TrimPrefix(block("PRIVATE KEY", plain), "Account: AgencyMSP/a-person\n"), "", "account_missing"},
		"certificate_of_other_key": {keyFile(t, key, "AgencyMSP/a", "", certificateFor(t, other, "a")), "", "certificate_differs"},
		"certificate_of_other_one": {keyFile(t, key, "AgencyMSP/a", "", certificateFor(t, key, "b")), "", "certificate_differs"},
	} {
		got := must[string](l, `try { await keys.importKeyFile(`+js(c.file)+`, `+js(c.passphrase)+`); return "taken"; } catch (e) { return e.code ?? String(e); }`)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := must[int](l, `return (await keys.list()).length;`); got != 0 {
		t.Errorf("%d of the refused keys were kept", got)
	}
}

func mustPoint(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return point
}

// TestKeys_SurviveReload: what the store keeps is there after the page was loaded anew, and can sign.
func TestKeys_SurviveReload(t *testing.T) {
	l := openLab(t)
	spki := must[string](l, `
		const made = await keys.generate();
		await keys.put({ account: "AgencyMSP/he-applicant", ...made, certificate: "", site: location.origin });
		await keys.put({ account: "AgencyMSP/he-applicant", ...made, certificate: "PEM", site: location.origin });
		await keys.put({ account: "AgencyMSP/he-applicant", ...made, certificate: "", site: location.origin });
		return bytes.base64(made.spki);`)
	if err := chromedp.Do(l.ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	got := must[struct{ Certificate, Signature string }](l, `
		const entry = await keys.find("AgencyMSP/he-applicant");
		return { certificate: entry.certificate, signature: bytes.base64(await sign.sign(entry.key, bytes.utf8("again"))) };`)
	checkSigned(t, publicKey(t, spki), []byte("again"), got.Signature)
	if got.Certificate != "PEM" {
		t.Errorf("the certificate is %q", got.Certificate)
	}
	if got := must[string](l, `try { await keys.put({ account: "AgencyMSP/he-applicant", ...(await keys.generate()), certificate: "", site: "" }); return "overwritten"; } catch (e) { return e instanceof keys.KeyTaken ? "kept" : String(e); }`); got != "kept" {
		t.Errorf("another key of the same account: %s", got)
	}
	if got := must[int](l, `await keys.remove("AgencyMSP/he-applicant"); return (await keys.list()).length;`); got != 0 {
		t.Errorf("%d keys after removal", got)
	}
	must[bool](l, `return typeof await keys.persist() === "boolean" || Promise.reject("no answer");`)
}
