#!/usr/bin/env bash
# Makes the certificate's font by hand, never by the build: a subset of Noto Serif SC (OFL) with all 8,105 characters of
# 通用规范汉字表 (property kTGH of Unicode's Unihan data), punctuation and Latin. Needs Debian's fonttools and
# unicode-data, curl and network access to the npm registry.
set -euo pipefail
out=$(cd "$(dirname "$0")/../../client/certificate/fonts" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl -fsSL "https://registry.npmjs.org/@expo-google-fonts/noto-serif-sc/-/noto-serif-sc-0.4.3.tgz" | tar xz -C "$work"
font=$(find "$work" -name 'NotoSerifSC_400Regular.ttf' | head -n 1)
bzcat /usr/share/unicode/Unihan_*.txt.bz2 | awk '$2 == "kTGH" && $1 ~ /^U/ {print $1}' | sort -u >"$work/codes.txt"
count=$(wc -l <"$work/codes.txt")
[ "$count" = 8105 ] || { echo "kTGH lists $count characters, want 8105" >&2; exit 1; }
printf '%s\n' U+0020-007E U+00A0-00FF U+2010-2027 U+2030-203B U+2103 U+2116 U+2150-216B U+2190-2193 U+2460-2473 U+25A0-25CF \
  U+3000-303F U+3007 U+FF01-FF5E U+FFE5 >>"$work/codes.txt"
pyftsubset "$font" --unicodes-file="$work/codes.txt" --output-file="$out/NotoSerifSC-subset.ttf" --layout-features='' --no-hinting --drop-tables+=DSIG
ls -l "$out"
