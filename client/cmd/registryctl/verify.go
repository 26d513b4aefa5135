package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/client/certificate"
	"github.com/hehuang-data/hehuang/client/person"
)

func verifyCommand() *cobra.Command {
	var server, bundle string
	var asJSON bool
	cmd := &cobra.Command{Use: "verify FILE", Short: "verify a certificate (PDF or credential)",
		Long: "Verify a certificate file. With --bundle the signature is checked offline; with --server the ledger's state is asked too.\n" +
			"Exit status: 0 valid, 1 not valid, 2 usage, 3 authentic but state not checked.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return verification{server: server, bundle: bundle, json: asJSON, out: cmd.OutOrStdout(), warn: cmd.ErrOrStderr()}.run(cmd.Context(), args[0])
		}}
	cmd.Flags().StringVar(&server, "server", "", "registry to ask for state and, without --bundle, for its document keys")
	cmd.Flags().StringVar(&bundle, "bundle", "", "pinned trust bundle (JSON)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

// verification is one run of the command.
type verification struct {
	server, bundle string
	json           bool
	out, warn      io.Writer
}

// run verifies a file. A registry that does not answer leaves the state unchecked; it never makes a file authentic.
func (v verification) run(ctx context.Context, path string) error {
	if err := checkServer(v.server); err != nil {
		return err
	}
	file, err := readLimited(path)
	if err != nil {
		return err
	}
	trust, err := readBundle(ctx, v.server, v.bundle)
	if err != nil {
		return err
	}
	state, err := askState(ctx, v.server, certificate.Identify(file))
	if err != nil {
		fmt.Fprintln(v.warn, "registryctl:", err)
	}
	report := certificate.Verify(file, trust, state)
	if err := v.print(report); err != nil {
		return err
	}
	if code := report.Verdict.ExitCode(); code != 0 {
		return exitCode{code, errors.New("")}
	}
	return nil
}

// checkServer refuses to take trust or state from a line that anybody can change.
func checkServer(server string) error {
	if server == "" {
		return nil
	}
	u, err := url.Parse(server)
	if err != nil || u.Host == "" {
		return fmt.Errorf("--server %q is no address like https://registry.example", server)
	}
	return person.Protected(u)
}

// maxFile bounds a certificate file, in bytes; ours have less than 1 MiB.
const maxFile = 64 << 20

func readLimited(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	body, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(body) > maxFile {
		err = fmt.Errorf("%s is larger than %d MiB: not a certificate", path, maxFile>>20)
	}
	return body, err
}

func readBundle(ctx context.Context, server, path string) (certificate.Bundle, error) {
	var b certificate.Bundle
	body, from, err := []byte(nil), path, error(nil)
	switch {
	case path != "":
		body, err = readLimited(path)
	case server != "":
		from = server + "/api/v1/trust-bundle"
		body, err = get(ctx, from)
	default:
		return b, errors.New("verify needs --bundle FILE or --server URL")
	}
	if err != nil {
		return b, fmt.Errorf("trust bundle: %w", err)
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return b, fmt.Errorf("trust bundle %s is damaged: %w", from, err)
	}
	return b, nil
}

// askState asks the ledger through a registry; without one the state stays unchecked.
func askState(ctx context.Context, server, number string) (*certificate.State, error) {
	if server == "" || number == "" {
		return nil, nil
	}
	body, err := get(ctx, server+"/api/v1/certificates/"+url.PathEscape(number)+"/state")
	if err != nil {
		return nil, fmt.Errorf("the ledger's state cannot be asked: %w", err)
	}
	state := &certificate.State{}
	if err := json.Unmarshal(body, state); err != nil {
		return nil, fmt.Errorf("the ledger's state cannot be read: %w", err)
	}
	return state, nil
}

// browser follows a redirection to a protected line only.
var browser = &http.Client{CheckRedirect: func(req *http.Request, via []*http.Request) error {
	if len(via) > 5 {
		return errors.New("too many redirections")
	}
	return person.Protected(req.URL)
}}

func get(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := browser.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", address, res.Status)
	}
	return body, err
}

var verdicts = map[certificate.Verdict]string{
	certificate.Valid: "有效", certificate.Frozen: "冻结", certificate.Cancelled: "注销", certificate.Revoked: "撤销", certificate.Expired: "过期",
	certificate.Superseded: "被替换", certificate.NotFound: "未找到", certificate.Mismatch: "与账本不符",
	certificate.AuthenticStateUnknown: "文件真实，登记状态未核验", certificate.NotAuthentic: "不真实",
}

var outcomes = map[certificate.Outcome]string{certificate.Passed: "✓", certificate.Failed: "✗", certificate.Skipped: "–"}

func (v verification) print(r certificate.Report) error {
	if v.json {
		return json.NewEncoder(v.out).Encode(r)
	}
	for _, c := range r.Checks {
		fmt.Fprintf(v.out, "  %s %s %s\n", outcomes[c.Outcome], c.Name, c.Detail)
	}
	fmt.Fprintf(v.out, "  结论：%s（%s）", verdicts[r.Verdict], r.Verdict)
	if r.Block > 0 {
		fmt.Fprintf(v.out, "，截至区块 %d", r.Block)
	}
	_, err := fmt.Fprintln(v.out)
	return err
}
