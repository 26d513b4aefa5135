package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"unicode/utf8"
)

// minPassphrase is the shortest passphrase for a new key, in characters.
const minPassphrase = 8

// readPassphrase takes the first line of a file.
func readPassphrase(path string) (string, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("passphrase: %w", err)
	}
	line, _, _ := strings.Cut(string(body), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fmt.Errorf("passphrase: the first line of %s is empty", path)
	}
	return line, nil
}

// askPassphrase asks on the terminal, which shows nothing of the answer. A passphrase is never an argument: those stand in
// lists of processes and in the shell's history.
func askPassphrase(ctx context.Context, question string) (string, error) {
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", errors.New("the key is encrypted and there is no terminal to ask for its passphrase: use --passphrase-file")
	}
	defer terminal.Close()
	if err := echo(terminal, "-echo"); err != nil {
		return "", fmt.Errorf("the terminal would show the passphrase: use --passphrase-file (%w)", err)
	}
	defer func() { _ = echo(terminal, "echo") }()
	fmt.Fprint(terminal, question)
	defer fmt.Fprintln(terminal)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(terminal).ReadString('\n')
		answer <- strings.TrimRight(line, "\r\n")
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case line := <-answer:
		if line == "" {
			return "", errors.New("no passphrase was given")
		}
		return line, nil
	}
}

func echo(terminal *os.File, mode string) error {
	cmd := exec.Command("stty", mode)
	cmd.Stdin = terminal
	return cmd.Run()
}

// newPassphrase is the passphrase for a new key: from the file, else asked for twice.
func newPassphrase(ctx context.Context, file string) (string, error) {
	var first, second string
	var err error
	if file != "" {
		first, err = readPassphrase(file)
		second = first
	} else if first, err = askPassphrase(ctx, "New passphrase: "); err == nil {
		second, err = askPassphrase(ctx, "Once more: ")
	}
	switch {
	case err != nil:
		return "", err
	case first != second:
		return "", errors.New("the two passphrases differ")
	case utf8.RuneCountInString(first) < minPassphrase:
		return "", fmt.Errorf("a passphrase has at least %d characters", minPassphrase)
	}
	return first, nil
}
