package registry

import "strings"

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	creditWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	bodyWeights   = [8]int{3, 7, 9, 10, 5, 8, 4, 2}
)

// CheckCreditCode checks a unified social credit code (统一社会信用代码, GB 32100-2015) with the inner check of its
// subject code (GB 11714). It returns "" for a valid code, otherwise the problem and, for a wrong check character,
// the character expected. The code must be normal already; see NormaliseCode.
func CheckCreditCode(code string) (Problem, string) {
	if code == "" {
		return ProblemMissing, ""
	}
	if NormaliseCode(code) != code {
		return ProblemWidth, ""
	}
	if len(code) != 18 || strings.Trim(code, creditAlphabet) != "" {
		return ProblemForm, ""
	}
	if strings.Trim(code[2:8], "0123456789") != "" {
		return ProblemForm, ""
	}
	if want := bodyCheck(code[8:16]); code[16] != want {
		return ProblemCheckDigit, string(want)
	}
	if want := creditCheck(code[:17]); code[17] != want {
		return ProblemCheckDigit, string(want)
	}
	return "", ""
}

func creditCheck(s string) byte {
	sum := 0
	for i := range creditWeights {
		sum += strings.IndexByte(creditAlphabet, s[i]) * creditWeights[i]
	}
	return creditAlphabet[(31-sum%31)%31]
}

func bodyCheck(s string) byte {
	sum := 0
	for i := range bodyWeights {
		sum += strings.IndexByte(alphabet36, s[i]) * bodyWeights[i]
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}
