package registry

import (
	"fmt"
	"strings"
)

// MaxSerial is the last certificate serial of a month per track and region.
const MaxSerial = 99999

// NewCertificateNumber composes a certificate number (登记证书编号): "HD", track (2), region (6), month YYYYMM of
// issue in UTC+8, serial (5), check character ISO 7064 MOD 37,36: 22 characters.
func NewCertificateNumber(track Track, region string, day Date, serial int) CertificateNumber {
	body := fmt.Sprintf("HD%s%s%s%05d", track.numberCode(), region, strings.ReplaceAll(string(day), "-", "")[:6], serial)
	return CertificateNumber(body + string(mod3736(body)))
}

// CheckCertificateNumber returns "" for a well-formed number, otherwise the problem and the check character expected.
func CheckCertificateNumber(n CertificateNumber) (Problem, string) {
	s := string(n)
	if s == "" {
		return ProblemMissing, ""
	}
	if NormaliseCode(s) != s {
		return ProblemWidth, ""
	}
	if len(s) != 22 || !strings.HasPrefix(s, "HD") || strings.Trim(s[4:21], "0123456789") != "" {
		return ProblemForm, ""
	}
	switch s[2:4] {
	case "GZ", "GP", "ZC":
	default:
		return ProblemForm, ""
	}
	if want := mod3736(s[:21]); s[21] != want {
		return ProblemCheckDigit, string(want)
	}
	return "", ""
}

// Track is a registration regime with rule profiles of its own.
type Track string

// The tracks. PUBLIC_RESOURCE and PUBLIC_PRODUCT follow 公共数据资源登记管理暂行办法, DATA_ASSET follows 第四十二条 with the guide.
const (
	TrackPublicResource Track = "PUBLIC_RESOURCE"
	TrackPublicProduct  Track = "PUBLIC_PRODUCT"
	TrackDataAsset      Track = "DATA_ASSET"
)

func (t Track) numberCode() string {
	switch t {
	case TrackPublicResource:
		return "GZ"
	case TrackPublicProduct:
		return "GP"
	}
	return "ZC"
}

// document is the kind of document that a registration of the track ends in: a certificate (登记证书) or a result (登记结果).
func (t Track) document() string {
	if t == TrackDataAsset {
		return "CERTIFICATE"
	}
	return "RESULT"
}
