package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// story speaks to one registry over HTTP.
type story struct {
	server  string
	started time.Time
	http    *http.Client
	cast    map[string]member
}

type member struct {
	Enrolment   string `json:"enrolment"`
	Name        string `json:"name"`
	MSP         string `json:"msp"`
	Certificate string `json:"certificate"`
}

type receipt struct {
	Application string `json:"application"`
	Status      string `json:"status"`
	Certificate string `json:"certificate"`
}

type transaction struct {
	ID      string   `json:"id"`
	TxID    string   `json:"txId"`
	State   string   `json:"state"`
	Receipt *receipt `json:"receipt"`
	Block   uint64   `json:"block"`
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

func (s *story) await(limit time.Duration, otherwise string, ask func() (bool, error)) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); <-tick.C {
		if done, err := ask(); done || err != nil {
			return err
		}
	}
	return errors.New(otherwise)
}

// call sends JSON (or bytes as they are) and decodes the answer; a problem document becomes the error.
func (s *story) call(method, path string, body, into any) error {
	content, raw := body.([]byte)
	if !raw && body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequest(method, s.server+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Demo-Member", "he-applicant")
	res, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, answer)
	}
	if bytesInto, ok := into.(*[]byte); ok {
		*bytesInto = answer
		return nil
	}
	return json.Unmarshal(answer, into)
}

func (s *story) meetCast() error {
	var members []member
	if err := s.call("GET", "/api/v1/demo/cast", nil, &members); err != nil {
		return err
	}
	s.cast = map[string]member{}
	for _, m := range members {
		s.cast[m.Enrolment] = m
	}
	return nil
}

// act takes every step of a write: prepare, sign, endorse, sign, submit; an unknown outcome is asked for.
func (s *story) act(who, function string, document any) (receipt, error) {
	m := s.cast[who]
	var t transaction
	err := s.call("POST", "/api/v1/transactions", map[string]any{"function": function, "document": document, "certificate": m.Certificate, "msp": m.MSP}, &t)
	for _, step := range []string{"endorsement", "submission"} {
		if err != nil {
			return receipt{}, err
		}
		var signed struct {
			Signature []byte `json:"signature"`
		}
		if err = s.call("POST", "/api/v1/demo/signatures", map[string]string{"member": who, "transaction": t.ID}, &signed); err == nil {
			err = s.call("PUT", "/api/v1/transactions/"+t.ID+"/"+step, map[string]any{"signature": signed.Signature}, &t)
		}
	}
	if err == nil && t.State == "UNKNOWN" {
		err = s.await(2*time.Minute, "the outcome stays unknown", func() (bool, error) {
			err := s.call("GET", "/api/v1/transactions/"+t.ID, nil, &t)
			return t.State != "UNKNOWN", err
		})
	}
	if err != nil {
		return receipt{}, err
	}
	if t.State != "COMMITTED" || t.Receipt == nil {
		return receipt{}, fmt.Errorf("%s by %s is %s", function, who, t.State)
	}
	s.say("%s  %s → %s（区块 %d，交易 %s…）", m.Name, function, t.Receipt.Status, t.Block, t.TxID[:12])
	return *t.Receipt, nil
}
