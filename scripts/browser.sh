#!/usr/bin/env bash
# Finds Chromium for the browser tests. On Debian as root it is installed from packages, after saying so; with
# CI=true its absence is a failure.
set -u
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo 'Installing chromium, poppler-utils and qpdf from Debian packages for the browser and document tests ...'
  apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium poppler-utils qpdf >/dev/null && exit 0
fi
if [ "${CI:-}" = true ]; then
  echo 'Chromium is missing and could not be installed: the browser tests cannot run' >&2
  exit 1
fi
echo 'Chromium is not installed: the browser tests will be skipped (Debian: apt-get install chromium)'
