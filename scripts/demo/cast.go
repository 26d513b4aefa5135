package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"

	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/person"
)

// names are how the people of the story are shown, by enrolment id. All are fictitious.
var names = map[string]string{"he-applicant": "民和合作社经办人", "an-acceptor": "受理人员", "bai-reviewer": "审查人员", "cao-officer": "登记人员"}

// enrol has accounts opened for whoever has no key file: made, applied for, approved and certified like everybody's.
func (s *story) enrol(ctx context.Context) error {
	for enrolment := range names {
		_, err := client.ReadKeyFile(s.keyFile(enrolment), "")
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.say("为演示人员开通账号……")
			if out, err := exec.CommandContext(ctx, "bin/registryctl", "keys", "--state", s.state).CombinedOutput(); err != nil {
				return fmt.Errorf("key files: %w\n%s", err, out)
			}
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

func (s *story) keyFile(enrolment string) string {
	return filepath.Join(s.keys, enrolment+".pem")
}

// as is one of the people, signed in with the person's own key file.
func (s *story) as(ctx context.Context, enrolment string) (*person.Person, error) {
	if p := s.people[enrolment]; p != nil {
		return p, nil
	}
	k, err := client.ReadKeyFile(s.keyFile(enrolment), "")
	if err != nil {
		return nil, err
	}
	signer, err := k.Signer()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.keyFile(enrolment), err)
	}
	site, err := person.Open(s.server)
	if err != nil {
		return nil, err
	}
	p, err := person.New(site, signer)
	if err != nil {
		return nil, err
	}
	if _, err := p.SignIn(ctx); err != nil {
		return nil, fmt.Errorf("sign-in of %s: %w", p.ID(), err)
	}
	s.people[enrolment] = p
	return p, nil
}
