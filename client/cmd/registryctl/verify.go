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
)

func verifyCommand() *cobra.Command {
	var server, bundle string
	var asJSON bool
	cmd := &cobra.Command{Use: "verify FILE", Short: "verify a certificate (PDF or credential)",
		Long: "Verify a certificate file. With --bundle the signature is checked offline; with --server the ledger's state is asked too.\n" +
			"Exit status: 0 valid, 1 not valid, 2 usage, 3 authentic but state not checked.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return verify(cmd.Context(), args[0], server, bundle, asJSON)
		}}
	cmd.Flags().StringVar(&server, "server", "", "registry to ask for state and, without --bundle, for its document keys")
	cmd.Flags().StringVar(&bundle, "bundle", "", "pinned trust bundle (JSON)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func verify(ctx context.Context, path, server, bundle string, asJSON bool) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	trust, err := readBundle(ctx, server, bundle)
	if err != nil {
		return err
	}
	state, err := askState(ctx, server, certificate.Identify(file))
	if err != nil {
		return exitCode{3, err}
	}
	report := certificate.Verify(file, trust, state)
	if err := printReport(report, asJSON); err != nil {
		return err
	}
	if code := report.Verdict.ExitCode(); code != 0 {
		return exitCode{code, errors.New("")}
	}
	return nil
}

func readBundle(ctx context.Context, server, path string) (certificate.Bundle, error) {
	var b certificate.Bundle
	var body []byte
	var err error
	switch {
	case path != "":
		body, err = os.ReadFile(path)
	case server != "":
		body, err = get(ctx, server+"/api/v1/trust-bundle")
	default:
		return b, errors.New("verify needs --bundle FILE or --server URL")
	}
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(body, &b)
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
	return state, json.Unmarshal(body, state)
}

func get(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
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

func printReport(r certificate.Report, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	for _, c := range r.Checks {
		fmt.Printf("  %s %s %s\n", outcomes[c.Outcome], c.Name, c.Detail)
	}
	fmt.Printf("  结论：%s（%s）", verdicts[r.Verdict], r.Verdict)
	if r.Block > 0 {
		fmt.Printf("，截至区块 %d", r.Block)
	}
	fmt.Println()
	return nil
}
