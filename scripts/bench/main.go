// Command bench measures and writes .run/bench/<name>.json: flat figures with machine, commit and versions.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("want start, register or sign")
	}
	switch args[0] {
	case "start":
		return benchStart()
	case "register":
		return benchRegister(".run/demo", append(args, "0")[1])
	case "sign":
		return benchSign(".run/demo")
	}
	return fmt.Errorf("unknown bench %q: want start, register or sign", args[0])
}

// publish prints the figures as a table and writes them with what is needed to judge them.
func publish(name string, figures map[string]any) error {
	var keys []string
	for k := range figures {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Printf("%-16s %v\n", k, figures[k])
	}
	figures["machine"] = machine()
	figures["go"] = runtime.Version()
	figures["fabric"] = "3.1.1"
	commit, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		return err
	}
	figures["commit"] = strings.TrimSpace(string(commit))
	body, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(".run/bench", 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(".run/bench", name+".json"), append(body, '\n'), 0o644)
}

func machine() string {
	model := "unknown processor"
	if body, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for _, line := range strings.Split(string(body), "\n") {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d cores, %s, %s/%s", runtime.NumCPU(), model, runtime.GOOS, runtime.GOARCH)
}

func round(v float64, digits int) float64 {
	scale := 1.0
	for range digits {
		scale *= 10
	}
	return float64(int64(v*scale+0.5)) / scale
}
