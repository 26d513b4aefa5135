package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/person"
)

// holder is what the flags say of the person at the command line.
type holder struct {
	key, account, passphraseFile string
	site, language               string
	json                         bool
}

// defaultSite is the agency's registryd on this machine.
const defaultSite = "http://localhost:8080"

func (h *holder) siteFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&h.site, "site", "", "address of the registryd (default: the key file's, else "+defaultSite+")")
	cmd.Flags().StringVar(&h.language, "lang", spoken(), "language of sentences: zh or en")
	cmd.Flags().BoolVar(&h.json, "json", false, "print the result, or the refusal, as JSON")
}

func (h *holder) keyFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&h.key, "key", "key.pem", "key file")
	cmd.Flags().StringVar(&h.account, "account", "", "account (MSP/name), if the key file does not name it")
	cmd.Flags().StringVar(&h.passphraseFile, "passphrase-file", "", "file with the key's passphrase (default: asked for on the terminal)")
}

func (h *holder) flags(cmd *cobra.Command) {
	h.siteFlags(cmd)
	h.keyFlags(cmd)
}

// spoken is the language of the environment.
func spoken() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			if strings.HasPrefix(value, "zh") {
				return string(locale.Chinese)
			}
			return string(locale.English)
		}
	}
	return string(locale.English)
}

// read reads the key file, and asks for the passphrase if it needs one, which it also gives.
func (h *holder) read(ctx context.Context) (client.KeyFile, string, error) {
	passphrase, err := "", error(nil)
	if h.passphraseFile != "" {
		if passphrase, err = readPassphrase(h.passphraseFile); err != nil {
			return client.KeyFile{}, "", usage(err)
		}
	}
	k, err := client.ReadKeyFile(h.key, passphrase)
	if errors.Is(err, client.ErrPassphrase) && passphrase == "" {
		if passphrase, err = askPassphrase(ctx, "Passphrase of "+h.key+": "); err != nil {
			return client.KeyFile{}, "", usage(err)
		}
		k, err = client.ReadKeyFile(h.key, passphrase)
	}
	if err != nil {
		return client.KeyFile{}, "", usage(err)
	}
	if h.account != "" {
		if k.Account != "" && k.Account != accountID(h.account) {
			return client.KeyFile{}, "", usage(fmt.Errorf("the key file is for %s, not %s", k.Account, h.account))
		}
		k.Account = accountID(h.account)
	}
	return k, passphrase, nil
}

// accountID is an account's full name; one without organisation is the agency's.
func accountID(name string) registry.PersonID {
	if strings.Contains(name, "/") {
		return registry.PersonID(name)
	}
	return registry.PersonID(registry.MSPAgency + "/" + name)
}

func enrolmentOf(id registry.PersonID) string {
	_, enrolment, _ := strings.Cut(string(id), "/")
	return enrolment
}

// open opens the site of the flag, else that of the key file.
func (h *holder) open(k client.KeyFile) (*person.Site, error) {
	address := defaultSite
	for _, a := range []string{k.Site, h.site} {
		if a != "" {
			address = a
		}
	}
	if h.language != string(locale.Chinese) && h.language != string(locale.English) {
		return nil, usage(fmt.Errorf("--lang %q: want zh or en", h.language))
	}
	site, err := person.Open(address)
	if err != nil {
		return nil, usage(err)
	}
	site.Language = h.language
	return site, nil
}

// person is the holder of the key file at the site.
func (h *holder) person(ctx context.Context) (*person.Person, error) {
	k, _, err := h.read(ctx)
	if err != nil {
		return nil, err
	}
	site, err := h.open(k)
	if err != nil {
		return nil, err
	}
	signer, err := k.Signer()
	if err != nil {
		return nil, usage(fmt.Errorf("%s: %w", h.key, err))
	}
	p, err := person.New(site, signer)
	if err != nil {
		return nil, usage(err)
	}
	return p, nil
}

// signedIn is the holder of the key file, signed in at the site.
func (h *holder) signedIn(ctx context.Context) (*person.Person, person.Session, error) {
	p, err := h.person(ctx)
	if err != nil {
		return nil, person.Session{}, err
	}
	s, err := p.SignIn(ctx)
	return p, s, err
}

// show prints a result: as JSON if it is asked for, otherwise the line.
func (h *holder) show(cmd *cobra.Command, result any, format string, args ...any) error {
	if h.json {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(result)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), format, args...)
	return err
}

// failed gives an error its exit status. A problem is printed as JSON if that is asked for.
func (h *holder) failed(cmd *cobra.Command, err error) error {
	var (
		coded   exitCode
		problem *person.Problem
		unknown *person.Unknown
		altered *person.Altered
		refusal *registry.Refusal
	)
	switch {
	case err == nil || errors.As(err, &coded):
		return err
	case errors.As(err, &unknown):
		return exitCode{exitUnknown, err}
	case errors.As(err, &altered) || errors.Is(err, person.ErrChallenge):
		return exitCode{exitAltered, err}
	case errors.As(err, &refusal):
		return exitCode{exitUsage, errors.New(locale.Sentence(locale.Lang(h.language), refusal))}
	case errors.As(err, &problem) && h.json:
		_ = json.NewEncoder(cmd.OutOrStdout()).Encode(problem)
	}
	return exitCode{exitFailed, err}
}

func usage(err error) error { return exitCode{exitUsage, err} }

// confirm asks on the command's input; anything but yes is no.
func confirm(cmd *cobra.Command, question string) error {
	fmt.Fprintf(cmd.ErrOrStderr(), "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-cmd.Context().Done():
		return cmd.Context().Err()
	case line := <-answer:
		if line == "y" || line == "yes" || line == "是" {
			return nil
		}
	}
	return exitCode{exitFailed, errors.New("not confirmed; nothing was signed")}
}
