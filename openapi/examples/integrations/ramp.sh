#!/usr/bin/env bash
# Raises the traffic of a canary step by step; each step waits for its verdict. `shift-traffic <percent>` is yours: it
# sets the weight in your load balancer or mesh. The exit code is that of `haldane analysis next-step`.
set -euo pipefail
shares="5 25 50"

ramp=$(haldane analysis start "$CONFIG" --baseline "$BASELINE" --canary "$CANARY" \
  --shares "${shares// /,}" --interval 15m --key "$RELEASE")

for share in $shares; do
  shift-traffic "$share"
  haldane analysis step "$ramp" --share "$share" --key "$RELEASE-$share"
  if haldane analysis next-step "$ramp" --wait --timeout 1h; then continue; else code=$?; fi
  shift-traffic 0
  haldane analysis cancel "$ramp"
  exit "$code"
done
shift-traffic 100
