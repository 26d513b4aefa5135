package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// meter adds up the processor time of a network's processes and of this one.
type meter struct{ state string }

const ticks = 100 // a second, in /proc/PID/stat

// seconds is the processor time used so far. Processes that ended are not counted: none does during a measurement.
func (m meter) seconds() float64 {
	total := 0.0
	all, _ := filepath.Glob("/proc/[0-9]*")
	root, err := filepath.Abs(m.state)
	if err != nil {
		return 0
	}
	for _, dir := range all {
		if m.counts(dir, root) {
			total += used(dir)
		}
	}
	return total
}

// counts says whether a process works in the network's directory, as its nodes do, was built there, as chaincode is, or is
// this one.
func (m meter) counts(dir, root string) bool {
	if filepath.Base(dir) == strconv.Itoa(os.Getpid()) {
		return true
	}
	for _, link := range []string{"cwd", "exe"} {
		if where, err := os.Readlink(filepath.Join(dir, link)); err == nil && strings.HasPrefix(where, root+"/") {
			return true
		}
	}
	return false
}

// used is user and system time of a process: the 14th and 15th field, counted from behind the name in parentheses.
func used(dir string) float64 {
	body, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(body[strings.LastIndexByte(string(body), ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / ticks
}
