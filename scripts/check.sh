#!/usr/bin/env bash
# Everything that must hold, in order of cost. `check.sh quick` leaves out what needs a network or a browser.
set -euo pipefail
cd "$(dirname "$0")/.."
step() { printf '\n== %s\n' "$1"; }
scripts/toolchain.sh

if [ "${1:-all}" != quick ]; then
  scripts/testtools.sh
fi

step 'format and vet'
unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { printf 'gofmt would change:\n%s\n' "$unformatted"; exit 1; }
go vet ./...

step 'tests without a network'
go test $(go list ./... | grep -v /network/scenario)
step 'each rule switched off in turn: the test that proves it fails'
go run ./scripts/rules
[ "${1:-all}" = quick ] && exit 0

step 'tests on a real network (started on free ports, removed afterwards)'
go test -count=1 -timeout 30m ./network/scenario/...
