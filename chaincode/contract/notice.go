package contract

import (
	"strconv"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// AcknowledgeNotice confirms that a notice was read (确认收悉): registry.AcknowledgeNoticeRequest.
func (*Registration) AcknowledgeNotice(c *Context, document string) (string, error) {
	return transact(c, document, decideAcknowledgement)
}

// RecordService records the service of a notice on paper (记载送达): registry.RecordServiceRequest.
func (*Registration) RecordService(c *Context, document string) (string, error) {
	return transact(c, document, decideService)
}

// FindNotice answers a registry.Notice: registry.FindNoticeRequest.
func (*Registration) FindNotice(c *Context, document string) (string, error) {
	var req registry.FindNoticeRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	key := noticeKey(req.Case, req.Notice)
	n, err := find[registry.Notice](c, key[0], key[1:]...)
	return found(n, string(req.Case), err)
}

func noticeKey(about registry.CaseID, n int) []string {
	return []string{registry.ObjectNotice, clean(string(about)), strconv.Itoa(n)}
}

// loadNotice begins an act on a notice: the notice, the case that it is about, and who acts for whom.
func (c *Context) loadNotice(act registry.Act, key string, about registry.CaseID, n int, request any) (file registry.Case, notice *registry.Notice, err error) {
	name := noticeKey(about, n)
	if err = c.expect(name); err != nil {
		return file, nil, err
	}
	app := registry.ApplicationID("")
	if act == registry.ActRecordService && strings.HasPrefix(string(about), "APP") {
		app = registry.ApplicationID(about)
	}
	if file, err = c.openCase(act, key, app, request); err != nil {
		return file, nil, err
	}
	if notice, err = find[registry.Notice](c, name[0], name[1:]...); err != nil || notice == nil {
		return file, notice, err
	}
	if app != "" {
		err = c.loadCase(&file, act, app, request)
	}
	return file, notice, err
}

func decideAcknowledgement(c *Context, doc string) (decision, error) {
	var req registry.AcknowledgeNoticeRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, old, err := c.loadNotice(registry.ActAcknowledgeNotice, req.Key, req.Case, req.Notice, req)
	if err != nil {
		return decision{}, err
	}
	seen, refusals := registry.AcknowledgeNotice(file, req, old)
	d := decision{key: req.Key, refusals: refusals}
	if len(refusals) == 0 {
		d.receipt = registry.Receipt{ID: noticeID(seen), Status: string(seen.Status)}
		d.notices(old, seen)
	}
	return d, nil
}

func decideService(c *Context, doc string) (decision, error) {
	var req registry.RecordServiceRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, old, err := c.loadNotice(registry.ActRecordService, req.Key, req.Case, req.Notice, req)
	if err != nil {
		return decision{}, err
	}
	out, refusals := registry.RecordService(file, req, old)
	d := decision{key: req.Key, refusals: refusals}
	if len(refusals) > 0 {
		return d, nil
	}
	d.receipt = registry.Receipt{ID: noticeID(out.Notices[0]), Status: string(out.Notices[0].Status)}
	d.notices(old, out.Notices...)
	if app := out.Application; app.ID != "" {
		d.receipt.Application = app.ID
		d.add(registry.ObjectApplication, string(app.ID), string(app.Status), string(app.Status), false, app, string(app.ID))
	}
	return d, nil
}

func noticeID(n registry.Notice) string { return string(n.Case) + "/" + strconv.Itoa(n.N) }

// notices are the writes of notices; old is the one that is written anew, or nil.
func (d *decision) notices(old *registry.Notice, all ...registry.Notice) {
	before := ""
	if old != nil {
		before = string(old.Status)
	}
	for _, n := range all {
		d.add(registry.ObjectNotice, noticeID(n), before, string(n.Status), old == nil, n, string(n.Case), strconv.Itoa(n.N))
	}
}
