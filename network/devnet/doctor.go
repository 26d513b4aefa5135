package devnet

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/hehuang-data/hehuang/client/evidence"
	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/admin"
)

// notice is how many days before its end a certificate is a finding.
const notice = 30

// held is a certificate that the network depends on.
type held struct {
	file   string
	effect string // of its end
	renew  string // command, or what else to do
}

// Doctor prints every certificate with the days that it has left, what ends with it and how it is renewed, asks the ledger which rules and
// calendars run out, and re-hashes the evidence. It fails if something needs to be done within a month, or is damaged.
func (n *Network) Doctor(ctx context.Context, out io.Writer) error {
	wrong := n.certificates(out, time.Now())
	fmt.Fprintln(out)
	answer, err := exec.CommandContext(ctx, filepath.Join(n.Tools.Own, "registryctl"), "doctor", "--state", n.Layout.Root).CombinedOutput()
	fmt.Fprintf(out, "rules and calendars: %s\n", strings.TrimSpace(string(answer)))
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended) && ended.ExitCode() == 1:
		wrong = append(wrong, "rules or calendars run out")
	case err != nil:
		wrong = append(wrong, "the ledger does not answer: nobody knows what runs out there")
	}
	for _, o := range n.Topology.Organisations {
		damaged := 0
		checked, err := evidence.ScrubDir(ctx, n.Layout.Org(o.Name, "registryd", "evidence"), func(id string, err error) {
			damaged++
			fmt.Fprintf(out, "evidence of %s: %v\n", o.Name, err)
		})
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			wrong = append(wrong, fmt.Sprintf("evidence of %s cannot be read: %v", o.Name, err))
			continue
		}
		fmt.Fprintf(out, "evidence of %s: %d files, %d damaged\n", o.Name, checked, damaged)
		if damaged > 0 {
			wrong = append(wrong, fmt.Sprintf("evidence of %s is damaged: restore the files from another member's store or a backup", o.Name))
		}
	}
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "\n"))
	}
	return nil
}

// certificates prints a table, what ends first on top, and gives what is missing, damaged or ends soon.
func (n *Network) certificates(out io.Writer, now time.Time) (wrong []string) {
	type line struct {
		days int
		text string
	}
	var lines []line
	for _, h := range n.held() {
		name := strings.TrimPrefix(h.file, n.Layout.Root+string(filepath.Separator))
		cert, err := readCertificate(h.file)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("certificate %s: %v", name, err))
			continue
		}
		days := int(cert.NotAfter.Sub(now).Hours() / 24)
		lines = append(lines, line{days, fmt.Sprintf("%d\t%s\t%s\t%s", days, name, h.effect, h.renew)})
		if days < notice {
			wrong = append(wrong, fmt.Sprintf("certificate %s ends in %d days: %s", name, days, h.renew))
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.days - b.days })
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "DAYS\tCERTIFICATE\tWHEN IT ENDS\tRENEW")
	for _, l := range lines {
		fmt.Fprintln(table, l.text)
	}
	if err := table.Flush(); err != nil {
		wrong = append(wrong, err.Error())
	}
	return wrong
}

func readCertificate(file string) (*x509.Certificate, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(body)
	for block != nil && block.Type != "CERTIFICATE" { // a key file holds the key first
		block, rest = pem.Decode(rest)
	}
	if block == nil {
		return nil, errors.New("no PEM certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}

// held lists the certificates of nodes, administrators and services, the roots of the authorities, and those issued to people.
func (n *Network) held() []held {
	var all []held
	for _, i := range network.Identities(n.Topology, n.Layout, n.Mode) {
		all = append(all, held{i.Certificate, effect(i), renewal(i)})
	}
	for _, o := range n.Topology.Organisations {
		for _, a := range n.Topology.Authorities(o.Name) {
			all = append(all, held{n.Layout.AuthorityRoot(a), "everything that it certified ends with it", "no command: a new root is a channel update by the member's administrator; plan it a year ahead"})
		}
		people, _ := filepath.Glob(n.Layout.Org(o.Name, "enrolld", "issued", "*.pem")) // the pattern is well-formed
		for _, file := range people {
			all = append(all, held{file, "the person can neither sign in nor sign", "registryctl account add-device, with the key that still is valid"})
		}
	}
	return all
}

// effect says what happens when an identity's certificate ends.
func effect(i network.Identity) string {
	switch {
	case i.Authority.Kind == network.AuthorityDocuments:
		return "no certificate of registration is issued any more; those issued stay valid"
	case i.Authority.Kind == network.AuthorityTLS:
		return "nobody reaches the " + i.ID
	case i.Type == "peer":
		return "the peer does not start and endorses nothing"
	case i.Type == "orderer":
		return "the orderer does not start"
	case i.Type == "admin":
		return "channel, chaincode or orderer cannot be administered"
	case i.ID == "registryd":
		return "registryd neither reads nor publishes"
	case i.ID == "enrolld":
		return "nobody is enrolled"
	}
	return "staff accounts cannot be approved"
}

func renewal(i network.Identity) string {
	if i.Authority.Kind == network.AuthorityDocuments {
		return "a new key and its record: party:AdoptKey"
	}
	return "devnet renew, then make down and make up"
}

// Renew gives every certificate of nodes, administrators and services that ends within some days a new one for the same key, and answers
// which. Running programs go on with the old ones until they are started again.
func (n *Network) Renew(ctx context.Context, within int, now time.Time) (renewed []string, err error) {
	for _, i := range network.Identities(n.Topology, n.Layout, n.Mode) {
		if i.Authority.Kind == network.AuthorityDocuments {
			continue
		}
		old, err := os.ReadFile(i.Certificate)
		if err != nil {
			return renewed, err
		}
		cert, err := readCertificate(i.Certificate)
		if err != nil {
			return renewed, fmt.Errorf("%s: %w", i.Certificate, err)
		}
		if now.AddDate(0, 0, within).Before(cert.NotAfter) {
			continue
		}
		if err := admin.Renew(ctx, n.Topology, n.Layout, i); err != nil {
			return renewed, err
		}
		renewed = append(renewed, i.Certificate)
		if err := n.renewKeyFile(i, string(old)); err != nil {
			return renewed, err
		}
	}
	return renewed, nil
}

// renewKeyFile puts the new certificate into the copy of the administrator's key file, if it still lies there.
func (n *Network) renewKeyFile(i network.Identity, old string) error {
	file := filepath.Join(n.Layout.Keys(), i.ID+".pem")
	body, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) || err == nil && !strings.Contains(string(body), strings.TrimSpace(old)) {
		return nil
	}
	if err != nil {
		return err
	}
	renewed, err := os.ReadFile(i.Certificate)
	if err != nil {
		return err
	}
	return network.WriteFile(file, []byte(strings.Replace(string(body), strings.TrimSpace(old), strings.TrimSpace(string(renewed)), 1)), 0o600)
}
