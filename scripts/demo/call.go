package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/person"
)

// story is told at one registry over HTTP, by people who hold their own keys.
type story struct {
	server  string // address of the agency's registryd
	state   string // directory of the network's state
	keys    string // directory of the key files
	started time.Time
	public  *person.Site              // nobody is signed in here
	people  map[string]*person.Person // who have signed in, by enrolment id
}

func readData(name string, into any) error {
	body, err := data.ReadFile("data/" + name)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func (s *story) say(format string, args ...any) {
	fmt.Printf("%6.1fs  %s\n", time.Since(s.started).Seconds(), fmt.Sprintf(format, args...))
}

func (s *story) await(ctx context.Context, limit time.Duration, otherwise string, ask func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errors.New(otherwise))
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if done, err := ask(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// act lets somebody write: both messages are checked and signed here, with the person's own key.
func (s *story) act(ctx context.Context, who, function string, document any) (registry.Receipt, error) {
	p, err := s.as(ctx, who)
	if err != nil {
		return registry.Receipt{}, err
	}
	done, err := p.Act(ctx, function, document)
	if err != nil {
		return registry.Receipt{}, fmt.Errorf("%s by %s: %w", function, who, err)
	}
	s.say("%s  %s → %s（区块 %d，交易 %s…）", names[who], function, done.Receipt.Status, done.Block, done.TxID[:12])
	return done.Receipt, nil
}
