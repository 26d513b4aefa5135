#!/usr/bin/env bash
# Says in one sentence what is missing before anything is built: Go as new as go.mod asks for, and a C compiler
# (the Fabric CA's database needs one).
set -u
fail() { printf 'hehuang: %s\n' "$1" >&2; exit 1; }
want=$(awk '$1 == "go" {print $2; exit}' "$(dirname "$0")/../go.mod")
command -v go >/dev/null 2>&1 || fail "Go is not installed: install Go $want or newer from https://go.dev/dl/"
have=$(go env GOVERSION 2>/dev/null | sed 's/^go//')
[ "$(printf '%s\n%s\n' "$want" "$have" | sort -V | head -n 1)" = "$want" ] ||
  fail "Go $have is too old: install Go $want or newer from https://go.dev/dl/"
cc=$(go env CC)
command -v "${cc%% *}" >/dev/null 2>&1 || fail "the C compiler '$cc' is missing: install gcc (Debian: apt-get install gcc libc6-dev)"
