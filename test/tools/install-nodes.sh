#!/bin/bash
# Gets the Nodes that test/system/package.test.ts tries the built package on, from npm. They go below node_modules/.cache.
set -euo pipefail

top="$(cd "$(dirname "$0")/../.." && pwd)"
folder="$top/node_modules/.cache/nodes"
mkdir -p "$folder"
cmp -s "$top/test/system/nodes/package-lock.json" "$folder/package-lock.json" && [ -d "$folder/node_modules" ] && exit
cp "$top"/test/system/nodes/package{,-lock}.json "$folder"
(cd "$folder" && npm ci)
