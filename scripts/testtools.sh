#!/usr/bin/env bash
# Finds the programs that tests need beside Go: Chromium, and what reads documents and key files independently of our code. On Debian as
# root what is missing is installed from packages, after saying so; with CI=true its absence is a failure.
set -u
missing=()
have() { for name in "${@:2}"; do command -v "$name" >/dev/null 2>&1 && return; done; missing+=("$1"); }
have chromium chromium chromium-browser google-chrome
have poppler-utils pdfsig
have qpdf qpdf
have openssl openssl
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing ${missing[*]} from Debian packages for the browser, document and key-file tests ..."
  apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q "${missing[@]}" >/dev/null && exit 0
fi
if [ "${CI:-}" = true ]; then
  echo "${missing[*]} missing and could not be installed: tests that need them cannot run" >&2
  exit 1
fi
echo "${missing[*]} not installed: the tests that need them will be skipped (Debian: apt-get install ${missing[*]})"
