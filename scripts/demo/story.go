package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func key(name string) string { return fmt.Sprintf("demo-%s-%d", name, time.Now().UnixNano()) }

// apply files the application with its evidence, after a dry run, and supplements it once.
func (s *story) apply(ctx context.Context) (registry.ApplicationID, error) {
	content := map[string]any{}
	if err := readData("application.json", &content); err != nil {
		return "", err
	}
	materials, err := s.upload(ctx)
	if err != nil {
		return "", err
	}
	content["materials"] = materials
	document, err := s.firstFree(ctx, content)
	if err != nil {
		return "", err
	}
	filed, err := s.act(ctx, "he-applicant", "registration:Submit", document)
	if err != nil {
		return "", err
	}
	_, err = s.act(ctx, "an-acceptor", "registration:Return", map[string]any{"key": key("return"), "application": filed.Application,
		"reasons": []string{"请在数据概述中补充更新时间。"}})
	if err != nil {
		return "", err
	}
	content["overview"] = content["overview"].(string) + "每月五日前完成上月数据更新。"
	_, err = s.act(ctx, "he-applicant", "registration:Resubmit", map[string]any{"key": key("resubmit"), "application": filed.Application, "content": content})
	return filed.Application, err
}

func (s *story) upload(ctx context.Context) ([]map[string]any, error) {
	applicant, err := s.as(ctx, "he-applicant")
	if err != nil {
		return nil, err
	}
	var materials []map[string]any
	for _, f := range []struct{ name, kind string }{{"sample.csv", "SAMPLE"}, {"source.txt", "SOURCE"}, {"identity.txt", "IDENTITY"}} {
		body, err := data.ReadFile("data/" + f.name)
		if err != nil {
			return nil, err
		}
		var stored struct {
			CID        string `json:"cid"`
			Commitment string `json:"commitment"`
			Size       int64  `json:"size"`
		}
		if err := applicant.Ask(ctx, http.MethodPost, "/api/v1/evidence?name="+url.QueryEscape(f.name)+"&kind="+f.kind, body, &stored); err != nil {
			return nil, err
		}
		s.say("存证材料 %s 已加密保存：%s", f.name, stored.CID)
		materials = append(materials, map[string]any{"kind": f.kind, "cid": stored.CID, "commitment": stored.Commitment, "size": stored.Size})
	}
	return materials, nil
}

type verdict struct {
	Passes    bool `json:"passes"`
	Obstacles []struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
	} `json:"obstacles"`
}

// firstFree finds, by dry runs, the first batch of the data set that is not registered yet.
func (s *story) firstFree(ctx context.Context, content map[string]any) (map[string]any, error) {
	name := content["dataName"].(string)
	applicant, err := s.as(ctx, "he-applicant")
	if err != nil {
		return nil, err
	}
	for batch := 1; batch <= 1000; batch++ {
		if batch > 1 {
			content["dataName"] = fmt.Sprintf("%s（第%d批）", name, batch)
		}
		document := map[string]any{"key": key("submit"), "content": content}
		var v verdict
		if err := applicant.Ask(ctx, http.MethodPost, "/api/v1/checks", map[string]any{"function": "registration:Submit", "document": document}, &v); err != nil {
			return nil, err
		}
		if v.Passes {
			s.say("试办通过：%s", content["dataName"])
			return document, nil
		}
		if code := v.Obstacles[0].Code; code != "OPEN_APPLICATION" && code != "ASSET_REGISTERED" {
			return nil, fmt.Errorf("the dry run finds: %s", v.Obstacles[0].Detail)
		}
	}
	return nil, fmt.Errorf("every batch is registered")
}

// register walks the case through acceptance, review, publicity and registration.
func (s *story) register(ctx context.Context, app registry.ApplicationID) (registry.CertificateNumber, error) {
	if _, err := s.act(ctx, "an-acceptor", "registration:Accept", map[string]any{"key": key("accept"), "application": app}); err != nil {
		return "", err
	}
	pass := map[string]any{"pass": true}
	findings := map[string]any{"description": pass, "source": pass, "rights": pass}
	if _, err := s.act(ctx, "bai-reviewer", "registration:PassReview", map[string]any{"key": key("review"), "application": app, "findings": findings}); err != nil {
		return "", err
	}
	if err := s.awaitPublicity(ctx, app); err != nil {
		return "", err
	}
	if _, err := s.act(ctx, "cao-officer", "registration:ClosePublicity", map[string]any{"key": key("close"), "application": app}); err != nil {
		return "", err
	}
	done, err := s.act(ctx, "cao-officer", "registration:Register", map[string]any{"key": key("register"), "application": app})
	return done.Certificate, err
}

// awaitPublicity waits until the publicity period of the case is over; its end stands in the record.
func (s *story) awaitPublicity(ctx context.Context, app registry.ApplicationID) error {
	s.say("公示中……")
	return s.await(ctx, 2*time.Minute, "publicity does not end", func() (bool, error) {
		var record struct {
			Deadlines []struct {
				Kind  string    `json:"kind"`
				DueAt time.Time `json:"dueAt"`
			} `json:"deadlines"`
		}
		if s.public.Ask(ctx, http.MethodGet, "/api/v1/applications/"+string(app), nil, &record) != nil {
			return false, nil // not public until the read model has read the review
		}
		for _, d := range record.Deadlines {
			if d.Kind == "PUBLICITY" {
				return time.Now().After(d.DueAt.Add(time.Second)), nil
			}
		}
		return false, nil
	})
}

// verify fetches the issued files and lets the command line verify them against the ledger.
func (s *story) verify(ctx context.Context, number registry.CertificateNumber, output string) error {
	if err := os.MkdirAll(output, 0o755); err != nil {
		return err
	}
	for _, f := range []struct{ path, name string }{{"pdf", string(number) + ".pdf"}, {"credential", string(number) + ".jwt"}} {
		var body []byte
		err := s.await(ctx, time.Minute, "the certificate is not issued", func() (bool, error) {
			return s.public.Ask(ctx, http.MethodGet, "/api/v1/certificates/"+string(number)+"/"+f.path, nil, &body) == nil, nil
		})
		if err != nil {
			return err
		}
		file := filepath.Join(output, f.name)
		if err := os.WriteFile(file, body, 0o644); err != nil {
			return err
		}
		out, err := exec.CommandContext(ctx, "bin/registryctl", "verify", "--server", s.server, file).CombinedOutput()
		if err != nil {
			return fmt.Errorf("verify %s: %w\n%s", file, err, out)
		}
		s.say("%s\n%s", file, out)
	}
	return nil
}
