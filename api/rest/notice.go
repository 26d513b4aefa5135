package rest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type noticesInput struct {
	Unserved bool   `query:"unserved" doc:"those on paper that wait for service, for staff"`
	Limit    int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After    string `query:"after" maxLength:"100"`
}

type noticeInput struct {
	Case string `path:"case" maxLength:"30"`
	N    int    `path:"n" minimum:"1"`
}

type noticesView struct {
	Notices []registry.Notice `json:"notices"`
	Next    string            `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf    desk.AsOf         `json:"asOf"`
}

func (s *service) noticeRoutes(api huma.API) {
	const one = "/api/v1/notices/{case}/{n}"
	huma.Register(api, operation("GET", "/api/v1/notices", "the inbox of the party: written notices, newest first", http.StatusOK), s.notices)
	huma.Register(api, operation("GET", one, "one written notice", http.StatusOK), func(ctx context.Context, in *noticeInput) (*output[registry.Notice], error) {
		n, err := s.notice(ctx, in)
		return reply(ctx, s, n, err)
	})
	huma.Register(api, document(one+"/pdf", "a written notice as PDF", "application/pdf"), s.printed)
}

// notices are those of the party for which the person acts, or, for staff, those that wait for service.
func (s *service) notices(ctx context.Context, in *noticesInput) (*output[noticesView], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	f := desk.NoticeFilter{To: p.Inbox(), Limit: in.Limit, After: in.After}
	if in.Unserved {
		f.Statuses = []registry.NoticeStatus{registry.NoticeUnserved}
		if p.Serves() {
			f.To = ""
		}
	}
	page, err := s.desk.Records.Notices(ctx, f)
	if page.Notices == nil {
		page.Notices = []registry.Notice{}
	}
	return reply(ctx, s, noticesView{page.Notices, page.Next, page.AsOf}, err)
}

// notice finds a notice that the person may read.
func (s *service) notice(ctx context.Context, in *noticeInput) (registry.Notice, error) {
	p, err := s.person(ctx)
	if err != nil {
		return registry.Notice{}, err
	}
	n, err := s.desk.Records.Notice(ctx, registry.CaseID(in.Case), in.N)
	if err == nil && !p.MayRead(n) {
		err = denied(p.Actor.Role)
	}
	return n, err
}

func (s *service) printed(ctx context.Context, in *noticeInput) (*fileOutput, error) {
	n, err := s.notice(ctx, in)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	body, err := s.desk.PrintNotice(ctx, n)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	return &fileOutput{"application/pdf", fmt.Sprintf(`attachment; filename="%s-%d.pdf"`, n.Case, n.N), body}, nil
}
