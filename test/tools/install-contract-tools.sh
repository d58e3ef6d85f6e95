#!/bin/bash
# Gets what test/system/contract.test.ts reads the contract with: two linters and a generator of clients, from npm. They
# go below node_modules/.cache, apart from what the service is made with: the generator needs another TypeScript. Where
# there is a Go that is new enough, also the modules of a client in Go, those of Flagger and Argo Rollouts, whose code
# test/system/prometheus-clients.test.ts and test/system/orchestrators.test.ts ask with, and Helm's, which
# test/system/deployment.test.ts renders the chart with.
set -euo pipefail

top="$(cd "$(dirname "$0")/../.." && pwd)"
folder="$top/node_modules/.cache/contract"
mkdir -p "$folder"
for file in package.json package-lock.json; do
  cmp -s "$top/test/system/contract/$file" "$folder/$file" && continue
  cp "$top"/test/system/contract/package{,-lock}.json "$folder"
  rm -rf "$folder/node_modules"
done
[ -d "$folder/node_modules" ] || (cd "$folder" && npm ci --ignore-scripts)

if command -v go >/dev/null; then
  (cd "$top/test/system/contract/go" && GOTOOLCHAIN=local go mod download) || echo "no client in Go: see above"
  # Only what is compiled: the controllers name a gigabyte of modules more.
  for client in prometheus-clients orchestrators helm; do
    (cd "$top/test/system/contract/$client" && GOTOOLCHAIN=local go list -deps . >/dev/null) ||
      echo "no code of Flagger, Argo Rollouts or Helm: see above"
  done
fi
