package registry

import "time"

// Certificate statuses (I24).
const (
	CertificateValid      = "VALID"
	CertificateSuperseded = "SUPERSEDED"
	CertificateCancelled  = "CANCELLED"
	CertificateRevoked    = "REVOKED"
	CertificateExpired    = "EXPIRED"
)

// Certificate is the ledger's record of a registration certificate (登记证书). It stands before any document does:
// documents are rendered from it, signed, and their digests recorded once.
type Certificate struct {
	Number        CertificateNumber `json:"number"`
	Kind          string            `json:"kind"` // CERTIFICATE (登记证书) or RESULT (登记结果)
	Asset         AssetID           `json:"asset"`
	Application   ApplicationID     `json:"application"`
	Version       int               `json:"version"` // of the page
	NationalCode  string            `json:"nationalCode,omitempty"`
	Replaces      CertificateNumber `json:"replaces,omitempty"`
	ReplacedBy    CertificateNumber `json:"replacedBy,omitempty"`
	Holder        PartyID           `json:"holder"`
	Registrar     PartyID           `json:"registrar"`
	IssuedAt      time.Time         `json:"issuedAt"`
	ValidFrom     Date              `json:"validFrom"`
	ValidUntil    Date              `json:"validUntil"`
	ContentDigest string            `json:"contentDigest"` // hex SHA-256 of CertifiedContent in canonical JSON
	KeyID         KeyID             `json:"keyId"`
	Profile       string            `json:"profile"`
	Status        string            `json:"status"`
	TxID          string            `json:"txId"`                // the transaction that registered
	PDFSha256     string            `json:"pdfSha256,omitempty"` // hex, recorded once the document exists
	VCSha256      string            `json:"vcSha256,omitempty"`
	DocumentsTx   string            `json:"documentsTx,omitempty"`
	Mark          Mark              `json:"mark"`
}

// EffectiveStatus is the status as of an instant: what is derived of its asset holds for a valid certificate. asset is the page of
// the register that it certifies, open the act that is open on it, or nil.
func (c Certificate) EffectiveStatus(asset *Asset, open *Application, at time.Time) string {
	if c.Status != CertificateValid || asset == nil {
		return c.Status
	}
	switch status := asset.EffectiveStatus(open, at); status {
	case AssetFrozen, AssetExpired:
		return string(status)
	}
	return c.Status
}

// CertifiedContent is what a certificate certifies; its digest binds document and register page.
type CertifiedContent struct {
	Number     CertificateNumber `json:"number"`
	Asset      AssetID           `json:"asset"`
	Version    int               `json:"version,omitempty"` // of the page, from 2 on
	Replaces   CertificateNumber `json:"replaces,omitempty"`
	Holder     PartyID           `json:"holder"`
	HolderName string            `json:"holderName,omitempty"`
	Content    Content           `json:"content"`
	Registrar  PartyID           `json:"registrar"`
	IssuedAt   time.Time         `json:"issuedAt"`
	ValidFrom  Date              `json:"validFrom"`
	ValidUntil Date              `json:"validUntil"`
	Profile    string            `json:"profile"`
}

// Certify is what the certificate of a page's present version certifies.
func Certify(page Asset, cert Certificate) CertifiedContent {
	c := CertifiedContent{
		Number: cert.Number, Asset: page.ID, Replaces: cert.Replaces, Holder: page.Holder, HolderName: page.HolderName, Content: page.Content,
		Registrar: cert.Registrar, IssuedAt: cert.IssuedAt, ValidFrom: cert.ValidFrom, ValidUntil: cert.ValidUntil, Profile: cert.Profile,
	}
	if page.Version > 1 {
		c.Version = page.Version
	}
	return c
}

// Serial counts the certificates of a month per track and region; the only counter of the ledger.
type Serial struct {
	Last int  `json:"last"`
	Mark Mark `json:"mark"`
}

// RecordDocumentsRequest is the document of registration:RecordDocuments.
type RecordDocumentsRequest struct {
	Key       string            `json:"key"`
	Number    CertificateNumber `json:"number"`
	PDFSha256 string            `json:"pdfSha256"`
	VCSha256  string            `json:"vcSha256"`
}

// RecordDocuments judges the recording of a certificate's document digests: once, by the registrar's issuing service.
func RecordDocuments(f Facts, req RecordDocumentsRequest, cert *Certificate, issuer *Appointment) (Certificate, Refusals) {
	var rs Refusals
	v := fieldCheck{}
	v.hexDigest("pdfSha256", req.PDFSha256, RuleCertificate)
	v.hexDigest("vcSha256", req.VCSha256, RuleCertificate)
	rs.add(v.refusal())
	if cert == nil {
		rs.add(Refuse(CodeNotFound, RuleCertificate, "number", clip(string(req.Number))))
		return Certificate{}, rs
	}
	if !issuer.Active() || issuer.Registrar != cert.Registrar {
		rs.add(Refuse(CodeNotAppointed, RuleRegistrar, "office", string(OfficeIssuer)))
	}
	if cert.Status != CertificateValid {
		rs.add(Refuse(CodeAssetEnded, RuleCertificate, "asset", string(cert.Asset), "assetStatus", cert.Status))
	}
	if cert.PDFSha256 != "" {
		rs.add(Refuse(CodeDocumentsRecorded, RuleCertificate, "number", string(cert.Number), "txId", cert.DocumentsTx))
	}
	done := *cert
	done.PDFSha256, done.VCSha256, done.DocumentsTx = req.PDFSha256, req.VCSha256, f.TxID
	done.Mark = cert.Mark.touch(f)
	return done, rs
}
