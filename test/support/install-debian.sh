#!/bin/bash
# Gets Prometheus and promtool from Debian's archive, for the system tests: unpacked below node_modules/.cache, not
# installed, so no root is needed and no daemon starts. Does nothing when both are on PATH.
set -euo pipefail

if command -v prometheus >/dev/null && command -v promtool >/dev/null; then
  echo "on PATH: $(command -v prometheus)"
  exit 0
fi

cache="$(cd "$(dirname "$0")/../.." && pwd)/node_modules/.cache/debian"
mkdir -p "$cache/deb" "$cache/root"
cd "$cache/deb"
# Older package lists name versions that are gone; refreshing them needs root.
apt-get download prometheus || { apt-get update && apt-get download prometheus; }
for package in prometheus_*.deb; do dpkg -x "$package" "$cache/root"; done
rm -f prometheus_*.deb
"$cache/root/usr/bin/prometheus" --version
