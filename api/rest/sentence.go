package rest

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/locale"
)

// phrase is a text in both languages.
type phrase struct{ zh, en string }

func (p phrase) in(lang locale.Lang) string {
	if lang == locale.English {
		return p.en
	}
	return p.zh
}

// condition is a failure that is no refusal of the registry: it has a kind, a status and two sentences.
type condition struct {
	kind          string
	status        int
	title, detail phrase
}

func (c condition) problem(lang locale.Lang) *Problem {
	return &Problem{Type: "/problems/" + c.kind, Status: c.status, Title: c.title.in(lang), Detail: c.detail.in(lang)}
}

// refusedTitle is the title of every refusal; the sentence follows from its code.
var refusedTitle = phrase{"登记系统不予办理", "The registry refuses this"}

// What can go wrong apart from refusals.
var (
	badSignature = condition{"signature", http.StatusUnprocessableEntity, phrase{"签名不符", "Signature does not fit"},
		phrase{"签名与证书或者待签内容不符。请用证书对应的私钥，对 toSign 的内容重新签名（ECDSA P-256、SHA-256）。", "The signature does not fit certificate and message. Sign the bytes of toSign with the certificate's key (ECDSA P-256, SHA-256)."}}
	wrongStep = condition{"step", http.StatusConflict, phrase{"步骤不符", "Not this step"},
		phrase{"这笔交易现在不等待这一步，请先查询它的状态。", "The transaction does not wait for this step. Look at its state."}}
	overtaken = condition{"conflict", http.StatusConflict, phrase{"被其他交易抢先", "Overtaken"},
		phrase{"办理期间记录被另一笔交易改变，这笔交易没有生效。请重新准备并签名。", "Another transaction changed the record meanwhile; this one has no effect. Prepare and sign it anew."}}
	invalid = condition{"invalid", http.StatusConflict, phrase{"交易无效", "Invalid transaction"},
		phrase{"交易已经排序，但是被判为无效，没有生效。请把交易号告知登记机构。", "The transaction was ordered and found invalid; it has no effect. Tell the registrar its transaction id."}}
	expired = condition{"expired", http.StatusConflict, phrase{"超过签名时限", "Not signed in time"},
		phrase{"没有在时限内签名，交易已经作废，没有生效。请重新准备。", "It was not signed in time and has no effect. Prepare it anew."}}
	ledgerUnavailable = condition{"unavailable", http.StatusServiceUnavailable, phrase{"账本暂时不可用", "Ledger unavailable"},
		phrase{"账本暂时不可用，没有任何内容被提交，请稍后重试。", "The ledger does not answer now. Nothing was sent; try again later."}}
	outcomeUnknown = condition{"outcome_unknown", http.StatusServiceUnavailable, phrase{"结果未知", "Outcome unknown"},
		phrase{"交易可能已经提交，结果暂时未知。请按交易号查询，不要重新提交。", "The transaction may have been sent and its outcome is unknown. Ask for its state; do not send it anew."}}
	internalError = condition{"internal", http.StatusInternalServerError, phrase{"系统内部错误", "Internal error"},
		phrase{"系统内部错误，请稍后重试；如仍失败请联系登记机构。", "Internal error. Try again later; if it persists, contact the registrar."}}
	signInFirst = condition{"sign_in", http.StatusUnauthorized, phrase{"请先登录", "Sign in first"},
		phrase{"请先用您的密钥登录。账号未启用、已停用、已注销、已到期，或者您已在所有设备上退出的，登录也随之失效。", "Sign in with your key first. A session ends with the account, and when you sign out everywhere."}}
	oldChallenge = condition{"challenge", http.StatusUnauthorized, phrase{"登录请求已失效", "Challenge not valid"},
		phrase{"这次登录请求已经用过、超过两分钟，或者不是为这个账号准备的。请重新登录。", "This challenge was used, is older than two minutes, or was made for another account. Begin again."}}
	badCertificate = condition{"certificate", http.StatusUnauthorized, phrase{"证书不被接受", "Certificate not accepted"},
		phrase{"证书不是本机构的证书机构为这个账号签发的，或者不在有效期内。", "The certificate was not issued for this account by this organisation's authority, or is not valid now."}}
	fileTooLarge = condition{"file_too_large", http.StatusRequestEntityTooLarge, phrase{"文件过大", "File too large"},
		phrase{"文件超过大小上限 ", "The file exceeds the limit of "}}
	fileEmpty = condition{"file_empty", http.StatusUnprocessableEntity, phrase{"空文件", "Empty file"},
		phrase{"文件是空的，请换一个文件。", "The file is empty. Choose another one."}}
	fileType = condition{"file_type", http.StatusUnsupportedMediaType, phrase{"不支持的文件类型", "File type not accepted"},
		phrase{"不支持这种文件，可以使用：", "This type of file is not accepted. These are: "}}
	fileMismatch = condition{"file_mismatch", http.StatusUnprocessableEntity, phrase{"文件名不副实", "Not what it says"},
		phrase{"文件内容与扩展名不符，请核对后重新选择。", "The content is not what the file's name says. Check and choose again."}}
	fileKind = condition{"file_kind", http.StatusUnprocessableEntity, phrase{"材料种类不对", "Unknown kind of material"},
		phrase{"没有这种材料，kind 可以是：", "There is no such kind of material. kind may be: "}}
	fileMissing = condition{"file_missing", http.StatusUnprocessableEntity, phrase{"没有文件", "No file"},
		phrase{"请求中没有文件。请以 multipart/form-data 的 file 字段上传。", "The request holds no file. Send one as the field file of multipart/form-data."}}
	diskFull = condition{"disk_full", http.StatusInsufficientStorage, phrase{"存储空间不足", "No space left"},
		phrase{"存储空间不足，文件没有保存，请联系登记机构。", "There is no space left; the file was not kept. Contact the registrar."}}
	badRequest = condition{"request", http.StatusBadRequest, phrase{"请求不能理解", "Bad request"},
		phrase{"请求的形式不对，请核对后重试。", "The request is malformed. Check it and try again."}}
)

// requestSentences are for requests that fail before a handler sees them.
var requestSentences = map[int]condition{
	http.StatusBadRequest: badRequest,
	http.StatusForbidden: {"cross_origin", 0, phrase{"不允许", "Forbidden"},
		phrase{"不接受来自其他网站的请求。", "Requests from other sites are not accepted."}},
	http.StatusNotFound: {"no_route", 0, phrase{"没有这个地址", "No such address"},
		phrase{"接口没有这个地址，见 /api/openapi.json。", "The API has no such address: see /api/openapi.json."}},
	http.StatusMethodNotAllowed: {"method", 0, phrase{"不支持的方法", "Method not allowed"},
		phrase{"这个地址不支持这种请求方法，见 /api/openapi.json。", "This address does not take this method: see /api/openapi.json."}},
	http.StatusNotAcceptable: {"not_acceptable", 0, phrase{"不支持的格式", "Not acceptable"},
		phrase{"接口只提供 JSON。", "The API answers JSON only."}},
	http.StatusRequestTimeout: {"timeout", 0, phrase{"请求超时", "Timeout"},
		phrase{"没有在时限内收到完整的请求。", "The request did not arrive in time."}},
	http.StatusRequestEntityTooLarge: {"body_too_large", 0, phrase{"请求过大", "Request too large"},
		phrase{"请求内容超过大小上限。", "The body of the request exceeds the limit."}},
	http.StatusUnsupportedMediaType: {"media_type", 0, phrase{"不支持的内容类型", "Media type not accepted"},
		phrase{"请以 application/json 发送。", "Send application/json."}},
	http.StatusUnprocessableEntity: {"form", 0, phrase{"请求内容有误", "Invalid request"},
		phrase{"请求中有字段需要修改。", "Some fields of the request need to be corrected."}},
	http.StatusTooManyRequests: {"too_many_requests", 0, phrase{"请求过于频繁", "Too many requests"},
		phrase{"请求过于频繁，请稍后重试。", "Too many requests. Try again later."}},
}

// formProblems are the field problems of a request's form, by the beginning of the validator's message.
var formProblems = []struct {
	begins  string
	problem string
	message phrase
}{
	{"expected required property", "missing", phrase{"请填写", "required"}},
	{"required query parameter", "missing", phrase{"请填写", "required"}},
	{"request body is required", "missing", phrase{"请填写", "required"}},
	{"unexpected property", "not_allowed", phrase{"没有这个字段", "no such field"}},
	{"expected value to be one of", "not_allowed", phrase{"不是可选的值", "not one of the known values"}},
	{"expected length <=", "too_long", phrase{"过长", "too long"}},
	{"expected length >=", "missing", phrase{"过短", "too short"}},
	{"expected array length", "too_many", phrase{"项数不对", "wrong number of items"}},
	{"expected number >=", "range", phrase{"过小", "too small"}},
	{"expected number <=", "range", phrase{"过大", "too large"}},
	{"expected string to be base64", "form", phrase{"不是 base64", "not base64"}},
	{"invalid character", "form", phrase{"不是 JSON", "not JSON"}},
}

// formError turns a message of the validator into a field problem with its location.
func formError(lang locale.Lang, d *huma.ErrorDetail) ProblemField {
	f := ProblemField{Location: d.Location, Problem: "form", Message: phrase{"格式不对", d.Message}.in(lang)}
	for _, known := range formProblems {
		if strings.HasPrefix(d.Message, known.begins) {
			f.Problem, f.Message = known.problem, known.message.in(lang)
		}
	}
	if words := strings.Fields(d.Message); strings.HasPrefix(d.Message, "expected required property") && len(words) > 3 {
		f.Location += "." + words[3]
	}
	return f
}
