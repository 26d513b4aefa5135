package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/person"
)

// statuses is the table of exit statuses, for the help of every command that acts.
const statuses = "\nExit status: 0 done, 1 refused or failed, 2 usage, 4 sent but the outcome is unknown (ask again, do not write anew), " +
	"5 the site asked for a signature over something else (nothing was signed)."

func actCommand() *cobra.Command {
	var h holder
	var yes bool
	cmd := &cobra.Command{Use: "act FUNCTION [DOCUMENT.json|-]", Short: "write: show what will be signed, sign it, wait for the outcome",
		Long: "Write with a key of one's own. The document is shown in plain words and confirmed; without one it is empty, and an idempotency\n" +
			"key that is missing is made: to repeat the same act after an unknown outcome, give the same key." + statuses,
		Args: cobra.RangeArgs(1, 2), ValidArgsFunction: completeFunctions,
		RunE: func(cmd *cobra.Command, args []string) error {
			document, err := readDocument(cmd, args[1:], yes)
			if err != nil {
				return usage(err)
			}
			return h.failed(cmd, h.act(cmd, args[0], document, yes))
		}}
	h.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask for confirmation")
	return cmd
}

func completeFunctions(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
	}
	var all []string
	for _, function := range registry.WrittenByPeople() {
		all = append(all, function+"\t"+title(locale.Lang(spoken()), function))
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// readDocument reads the document of an act and adds an idempotency key if it has none.
func readDocument(cmd *cobra.Command, args []string, yes bool) (map[string]any, error) {
	body, err := []byte("{}"), error(nil)
	switch {
	case len(args) == 0:
	case args[0] == "-" && !yes:
		return nil, errors.New("a document from standard input needs --yes: nothing is left to answer the question with")
	case args[0] == "-":
		body, err = io.ReadAll(io.LimitReader(cmd.InOrStdin(), registry.MaxDocumentBytes+1))
	default:
		body, err = os.ReadFile(args[0])
	}
	if err != nil {
		return nil, err
	}
	if len(body) > registry.MaxDocumentBytes {
		return nil, fmt.Errorf("the document exceeds %d bytes", registry.MaxDocumentBytes)
	}
	var document map[string]any
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, fmt.Errorf("the document is no JSON object: %w", err)
	}
	if _, given := document["key"]; !given {
		document["key"] = newKey()
	}
	return document, nil
}

func newKey() string { return "ctl-" + rand.Text() }

// act shows, asks, and writes.
func (h *holder) act(cmd *cobra.Command, function string, request any, yes bool) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	document, err := registry.EncodeRequest(function, body)
	if err != nil {
		return err
	}
	p, err := h.person(cmd.Context())
	if err != nil {
		return err
	}
	if err := preview(cmd.ErrOrStderr(), locale.Lang(h.language), p.ID(), p.Origin(), function, document); err != nil {
		return err
	}
	if !yes {
		if err := confirm(cmd, "Sign and send?"); err != nil {
			return err
		}
	}
	done, err := p.Act(cmd.Context(), function, json.RawMessage(document))
	if err != nil {
		return err
	}
	return h.done(cmd, done)
}

func (h *holder) done(cmd *cobra.Command, done person.Done) error {
	r := done.Receipt
	words := strings.Fields(fmt.Sprintln(r.Application, r.Asset, r.Certificate, r.ID, r.Status))
	return h.show(cmd, done, "%s: transaction %s in block %d\n", strings.Join(words, " "), done.TxID, done.Block)
}

func signCommand() *cobra.Command {
	var h holder
	var yes bool
	cmd := &cobra.Command{Use: "sign TRANSACTION-ID", Short: "sign a transaction that was prepared on a page",
		Long: "Sign a transaction that was prepared elsewhere, for example on a page without JavaScript. What is shown is what is signed." + statuses,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return h.failed(cmd, h.sign(cmd, args[0], yes)) }}
	h.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask for confirmation")
	return cmd
}

func (h *holder) sign(cmd *cobra.Command, id string, yes bool) error {
	p, err := h.person(cmd.Context())
	if err != nil {
		return err
	}
	t, err := p.Find(cmd.Context(), id)
	if err != nil {
		return err
	}
	if err := preview(cmd.ErrOrStderr(), locale.Lang(h.language), p.ID(), p.Origin(), t.Function, t.Document); err != nil {
		return err
	}
	awaited := t.State == client.StatePrepared || t.State == client.StateEndorsed
	if awaited && !yes {
		if err := confirm(cmd, "Sign and send?"); err != nil {
			return err
		}
	}
	done, err := p.Resume(cmd.Context(), t)
	if err != nil {
		return err
	}
	return h.done(cmd, done)
}

func whoamiCommand() *cobra.Command {
	var h holder
	cmd := &cobra.Command{Use: "whoami", Short: "sign in and print who the site takes the key's holder for", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, s, err := h.signedIn(cmd.Context())
			if err != nil {
				return h.failed(cmd, err)
			}
			return h.show(cmd, s, "%s\nrole   %s\nparty  %s %s\nuntil  %s\n", s.Account, s.Role, s.Party, printable(s.Name), s.Until)
		}}
	h.flags(cmd)
	return cmd
}

func logoutCommand() *cobra.Command {
	var h holder
	var everywhere bool
	cmd := &cobra.Command{Use: "logout --everywhere", Short: "end every session of the key's holder, in every browser", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !everywhere {
				return usage(errors.New("sessions of this program end with it; --everywhere ends those of every browser"))
			}
			p, _, err := h.signedIn(cmd.Context())
			if err == nil {
				err = p.SignOutEverywhere(cmd.Context())
			}
			if err != nil {
				return h.failed(cmd, err)
			}
			return h.show(cmd, map[string]any{"account": p.ID(), "sessions": 0}, "every session of %s has ended\n", p.ID())
		}}
	h.flags(cmd)
	cmd.Flags().BoolVar(&everywhere, "everywhere", false, "every session, on every device")
	return cmd
}
