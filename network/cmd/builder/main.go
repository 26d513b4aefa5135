// Command builder is the external builder of the peers, started as detect, build, release or run.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/hehuang-data/hehuang/network/builder"
)

func main() {
	name := filepath.Base(os.Args[0])
	if err := builder.Main(name, os.Args[1:], syscall.Exec); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
