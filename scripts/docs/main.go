// Command docs writes docs/errors.md and docs/regulation.md from the tables of the program, so that they cannot differ.
// A policy test fails when they are out of date: go run ./scripts/docs
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/hehuang-data/hehuang/scripts/docs/pages"
)

func main() {
	for name, body := range map[string]string{"errors.md": pages.Errors(), "regulation.md": pages.Regulation()} {
		if err := os.WriteFile(filepath.Join("docs", name), []byte(body), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "docs:", err)
			os.Exit(1)
		}
	}
}
