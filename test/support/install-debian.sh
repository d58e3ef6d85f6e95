#!/bin/bash
# Gets what the system tests run against from Debian's archive: Prometheus with promtool, and PostgreSQL.
# Prometheus is unpacked below node_modules/.cache, not installed, so no root is needed and no daemon starts.
# PostgreSQL needs its libraries where the package puts them, so it is installed, as root; the tests start their own
# server. Does nothing for what is there.
set -euo pipefail

if command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
  echo "PostgreSQL is there"
elif [ "$(id -u)" = 0 ]; then
  apt-get install -y --no-install-recommends postgresql || { apt-get update && apt-get install -y --no-install-recommends postgresql; }
else
  echo "PostgreSQL is not there; as root: apt-get install -y --no-install-recommends postgresql"
fi

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
