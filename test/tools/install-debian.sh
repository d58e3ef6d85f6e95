#!/bin/bash
# Gets what the system tests run against from Debian's archive: metrics stores, PostgreSQL, and Chromium.
# The stores are unpacked below node_modules/.cache with the libraries they lack, not installed, so no root is needed
# and no daemon starts. PostgreSQL and Chromium need their files where the packages put them, so they are installed, as
# root; the tests start their own servers. Does nothing for what is there.
set -euo pipefail

cache="$(cd "$(dirname "$0")/../.." && pwd)/node_modules/.cache/debian"
mkdir -p "$cache/deb" "$cache/root"

# Runs apt-get; once more with fresh package lists, since older ones name versions that are gone. That needs root.
fresh() { "$@" || { apt-get update && "$@"; }; }

# The packages, and what they need that this machine does not have; never what it has in another version.
missing() {
  apt-get install --simulate --no-install-recommends "$@" | awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }'
}

# unpack <program> <package>...: does nothing when the program is there.
unpack() {
  local program=$1
  shift
  if command -v "$program" >/dev/null; then
    echo "on PATH: $(command -v "$program")"
  elif compgen -G "$cache/root/usr/*bin/$program" >/dev/null; then
    echo "unpacked: $program"
  else
    (cd "$cache/deb" && rm -f ./*.deb && fresh download "$@")
    for package in "$cache"/deb/*.deb; do dpkg -x "$package" "$cache/root"; done
    rm -f "$cache"/deb/*.deb
    echo "unpacked: $program"
  fi
}

download() {
  local packages
  packages=$(missing "$@") && [ -n "$packages" ] && xargs apt-get download <<<"$packages"
}

# install <package>: needs root.
install() {
  if [ "$(id -u)" = 0 ]; then
    fresh apt-get install -y --no-install-recommends "$1"
  else
    echo "$1 is not there; as root: apt-get install -y --no-install-recommends $1"
  fi
}

if command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
  echo "PostgreSQL is there"
else
  install postgresql
fi
if command -v chromium >/dev/null; then
  echo "Chromium is there"
else
  install chromium
fi

unpack pgbouncer pgbouncer
unpack promtool prometheus
unpack victoria-metrics victoria-metrics
unpack influxd influxdb
unpack graphite-manage graphite-web python3-whisper
unpack clickhouse-server clickhouse-server clickhouse-client
unpack systemd-analyze systemd
