package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/person"
)

// accountCommand is what people do about accounts. A key never leaves its file.
func accountCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "account", Short: "make a key, apply for an account with it, fetch its certificate; staff: approve and end accounts"}
	cmd.AddCommand(accountKeyCommand(), accountApplyCommand(), accountShowCommand(), accountCertificateCommand(), accountApproveCommand(), accountAddDeviceCommand(),
		accountListCommand())
	for _, end := range []struct{ name, function, short string }{
		{"suspend", "account:Suspend", "staff: an account may not act for the time being"},
		{"resume", "account:Resume", "staff: a suspended account may act again"},
		{"revoke", "account:Revoke", "end an account for ever: staff, or the person from any other device"},
	} {
		cmd.AddCommand(accountEndCommand(end.name, end.function, end.short))
	}
	return cmd
}

// fingerprint is the short form that people compare: the first 80 bits of the digest in groups of four.
func fingerprint(digest string) string {
	var groups []string
	for i := 0; i+4 <= len(digest) && i < 20; i += 4 {
		groups = append(groups, digest[i:i+4])
	}
	return strings.Join(groups, " ")
}

// keyMade is what the commands about one's own key say of it.
type keyMade struct {
	Account     registry.PersonID `json:"account"`
	Fingerprint string            `json:"fingerprint"`
	KeyDigest   string            `json:"keyDigest"`
}

func made(k client.KeyFile) keyMade { return keyMade{k.Account, fingerprint(k.Digest()), k.Digest()} }

func accountKeyCommand() *cobra.Command {
	var h holder
	var encrypt bool
	cmd := &cobra.Command{Use: "key ACCOUNT", Short: "make a key file (P-256, PKCS #8) and print its fingerprint",
		Long: "Make a key for the account ACCOUNT (name, or MSP/name). The file is the key: keep it, and a copy of it. A key is never overwritten.\n" +
			"With --encrypt it needs a passphrase of at least 8 characters, asked for on the terminal or read from --passphrase-file.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if h.passphraseFile != "" && !encrypt {
				return usage(errors.New("--passphrase-file is for --encrypt"))
			}
			if h.site != "" {
				if _, err := person.Open(h.site); err != nil {
					return usage(err)
				}
			}
			passphrase, err := "", error(nil)
			if encrypt {
				if passphrase, err = newPassphrase(cmd.Context(), h.passphraseFile); err != nil {
					return usage(err)
				}
			}
			k, err := client.NewKeyFile(accountID(args[0]), h.site)
			if err == nil {
				err = k.Create(h.key, passphrase)
			}
			if err != nil {
				return h.failed(cmd, err)
			}
			return h.show(cmd, made(k), "fingerprint %s\n", fingerprint(k.Digest()))
		}}
	cmd.Flags().StringVar(&h.key, "key", "key.pem", "key file to be made")
	cmd.Flags().StringVar(&h.site, "site", "", "address of the registryd, kept in the file")
	cmd.Flags().BoolVar(&encrypt, "encrypt", false, "encrypt the key with a passphrase")
	cmd.Flags().StringVar(&h.passphraseFile, "passphrase-file", "", "file with the new passphrase (default: asked for on the terminal)")
	cmd.Flags().BoolVar(&h.json, "json", false, "print the result as JSON")
	return cmd
}

func accountApplyCommand() *cobra.Command {
	var h holder
	var request registry.AccountRequest
	cmd := &cobra.Command{Use: "apply", Short: "apply for the key file's account", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			k, _, err := h.read(cmd.Context())
			if err != nil {
				return err
			}
			site, err := h.open(k)
			if err != nil {
				return err
			}
			request.Enrolment, request.KeyDigest = enrolmentOf(k.Account), k.Digest()
			if _, err := site.Apply(cmd.Context(), request); err != nil {
				return h.failed(cmd, err)
			}
			return h.show(cmd, made(k), "applied; read this fingerprint out to the registrar's staff: %s\n", fingerprint(k.Digest()))
		}}
	h.flags(cmd)
	cmd.Flags().StringVar((*string)(&request.Party), "party", "", "credit code of the party you act for")
	cmd.Flags().StringVar(&request.Role, "role", registry.RoleApplicant, "role")
	cmd.Flags().StringVar(&request.Region, "region", "630200", "region, six digits")
	cmd.Flags().StringVar((*string)(&request.Until), "until", string(registry.CivilDate(time.Now().AddDate(1, 0, 0))), "last day of the account")
	cmd.Flags().StringVar((*string)(&request.Contract), "contract", "", "outsourcing agreement under which you act, if any")
	cmd.Flags().StringVar((*string)(&request.Replaces), "replaces", "", "account (MSP/name) of your own whose key is lost; with the approval of this one every account that you have ends, on all devices")
	return cmd
}

func accountShowCommand() *cobra.Command {
	var h holder
	cmd := &cobra.Command{Use: "show NAME", Short: "status and fingerprint of an account of the site", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			site, err := h.open(client.KeyFile{})
			if err != nil {
				return err
			}
			a, err := site.Account(cmd.Context(), enrolmentOf(accountID(args[0])))
			if err != nil {
				return h.failed(cmd, err)
			}
			if h.json {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(a)
			}
			describe(cmd.OutOrStdout(), a)
			return nil
		}}
	h.siteFlags(cmd)
	return cmd
}

func accountCertificateCommand() *cobra.Command {
	var h holder
	cmd := &cobra.Command{Use: "certificate", Short: "fetch the certificate of an approved account into its key file", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			k, passphrase, err := h.read(cmd.Context())
			if err != nil {
				return err
			}
			site, err := h.open(k)
			if err != nil {
				return err
			}
			if k, err = site.Certify(cmd.Context(), k); err == nil {
				err = k.Replace(h.key, passphrase)
			}
			if err != nil {
				return h.failed(cmd, err)
			}
			return h.show(cmd, made(k), "certificate of %s written to %s\n", k.Account, h.key)
		}}
	h.flags(cmd)
	return cmd
}

func accountApproveCommand() *cobra.Command {
	var h holder
	var told toldTerms
	cmd := &cobra.Command{Use: "approve ACCOUNT", Short: "staff: approve an account whose fingerprint you have compared with the person",
		Long: "Approve an account (name, or MSP/name for staff of another organisation than the agency). Its fingerprint is shown: compare it with what the person reads out or with the paper form. With --yes\n" +
			"nobody looks at what the site answers: the fingerprint that the person gave must be that of the account, and party, role, contract and replaced\n" +
			"account must be those of the paper form, given as --party, --role, --contract and --replaces (the last two: none unless given)." + statuses,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return h.failed(cmd, h.approve(cmd, args[0], told)) }}
	h.flags(cmd)
	cmd.Flags().StringVar(&told.fingerprint, "yes", "", "the fingerprint that the person gave (20 hexadecimal digits, or all 64), instead of the question")
	cmd.Flags().StringVar((*string)(&told.party), "party", "", "with --yes: credit code of the party that the person acts for")
	cmd.Flags().StringVar(&told.role, "role", "", "with --yes: the person's role")
	cmd.Flags().StringVar((*string)(&told.contract), "contract", "", "with --yes: outsourcing agreement under which the person acts, if any")
	cmd.Flags().StringVar((*string)(&told.replaces), "replaces", "", "with --yes: account (MSP/name) whose key the person has lost, if any")
	return cmd
}

// toldTerms are what the person said or wrote, not the site: a site that is in the wrong hands keeps the key and changes whom it acts for.
type toldTerms struct {
	fingerprint string // "": staff look at what the site answers
	party       registry.PartyID
	role        string
	contract    registry.ContractID
	replaces    registry.PersonID
}

// complete refuses terms that leave open what would be approved unseen, and those that nothing would be compared with.
func (t toldTerms) complete() error {
	switch {
	case t.fingerprint == "" && t != toldTerms{}:
		return usage(errors.New("--party, --role, --contract and --replaces are for --yes"))
	case t.fingerprint != "" && (t.party == "" || t.role == ""):
		return usage(errors.New("--yes needs --party and --role: the site could have changed whom the key acts for, and nobody looks"))
	}
	return nil
}

// compare refuses an account whose terms are not those that the person gave.
func (t toldTerms) compare(a person.Account) error {
	if !sameFingerprint(t.fingerprint, a.KeyDigest) {
		return exitCode{exitFailed, fmt.Errorf("the account's fingerprint is %s, not %s: this is not the person's key", fingerprint(a.KeyDigest), t.fingerprint)}
	}
	for _, term := range []struct{ label, shown, told string }{{"party", string(a.Party), string(t.party)}, {"role", a.Role, t.role},
		{"contract", string(a.Contract), string(t.contract)}, {"replaces", string(a.Replaces), string(t.replaces)}} {
		if term.shown != term.told {
			return exitCode{exitFailed, fmt.Errorf("the account's %s is %q, not %q: this is not what the person applied for", term.label, term.shown, term.told)}
		}
	}
	return nil
}

func (h *holder) approve(cmd *cobra.Command, name string, told toldTerms) error {
	if err := told.complete(); err != nil {
		return err
	}
	p, _, err := h.signedIn(cmd.Context()) // so that the site shows what is decided on
	if err != nil {
		return err
	}
	a, err := p.AnyAccount(cmd.Context(), accountID(name))
	if err != nil {
		return err
	}
	describe(cmd.ErrOrStderr(), a)
	if told.fingerprint != "" {
		err = told.compare(a)
	} else {
		err = confirm(cmd, "Does the person read out exactly this?")
	}
	if err != nil {
		return err
	}
	return h.act(cmd, "account:Approve", registry.ApproveAccountRequest{Key: newKey(), Account: a.Account, Terms: a.Terms()}, true)
}

// describe shows an account as far as the site shows it.
func describe(out io.Writer, a person.Account) {
	fmt.Fprintf(out, "%s is %s until %s, fingerprint %s\n", a.Account, a.Status, a.Until, fingerprint(a.KeyDigest))
	for _, line := range []struct{ label, value string }{{"role", a.Role}, {"party", string(a.Party)}, {"region", a.Region}, {"contract", string(a.Contract)},
		{"replaces", string(a.Replaces)}} {
		if line.value != "" {
			fmt.Fprintf(out, "    %s: %s\n", line.label, printable(line.value))
		}
	}
}

// sameFingerprint compares what a person gave, in either length and however grouped, with a digest.
func sameFingerprint(given, digest string) bool {
	given = strings.ToLower(strings.NewReplacer(" ", "", ":", "", "-", "").Replace(given))
	return len(digest) == 64 && (given == digest || given == digest[:20])
}

func accountEndCommand(name, function, short string) *cobra.Command {
	var h holder
	var yes bool
	var reason string
	cmd := &cobra.Command{Use: name + " ACCOUNT --reason TEXT", Short: short, Args: cobra.ExactArgs(1), Long: short + "." + statuses,
		RunE: func(cmd *cobra.Command, args []string) error {
			request := registry.EndAccountRequest{Key: newKey(), Account: accountID(args[0]), Reason: reason}
			return h.failed(cmd, h.act(cmd, function, request, yes))
		}}
	h.flags(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why; it stands on the ledger")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask for confirmation")
	_ = cmd.MarkFlagRequired("reason") // fails for unknown flags only
	return cmd
}

func accountListCommand() *cobra.Command {
	var h holder
	cmd := &cobra.Command{Use: "list", Short: "your own accounts at the site, one for each device", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, _, err := h.signedIn(cmd.Context())
			var devices []person.Account
			if err == nil {
				devices, err = p.Devices(cmd.Context())
			}
			if err != nil {
				return h.failed(cmd, err)
			}
			if h.json {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(devices)
			}
			for _, a := range devices {
				describe(cmd.OutOrStdout(), a)
			}
			return nil
		}}
	h.flags(cmd)
	return cmd
}

func accountAddDeviceCommand() *cobra.Command {
	var h holder
	var yes bool
	cmd := &cobra.Command{Use: "add-device NAME DIGEST", Short: "approve, with this key, a second device of your own",
		Long: "Approve an account NAME for another device of your own: same party, role, region and end. DIGEST is the keyDigest (64 digits) that\n" +
			"`registryctl account key --json` printed there; afterwards fetch the certificate there." + statuses,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			request := registry.AddDeviceRequest{Key: newKey(), Enrolment: enrolmentOf(accountID(args[0])), KeyDigest: args[1]}
			return h.failed(cmd, h.act(cmd, "account:AddDevice", request, yes))
		}}
	h.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask for confirmation")
	return cmd
}
