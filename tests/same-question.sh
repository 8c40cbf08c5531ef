#!/usr/bin/env bash
# The same questions with the client's and the attorney's token, and both answers against the ones kept beside them:
# `bash tests/same-question.sh`, with --write to keep what is answered now. It starts a demo of its own and ends it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

portico=${PORTICO:-}
if [[ -z $portico ]]; then
  cargo build --quiet
  portico=${CARGO_TARGET_DIR:-target}/debug/portico
fi
write=${1:-}
folder=$(mktemp -d)
: >"$folder/said"
"$portico" demo --dir "$folder/demo" --port 0 >"$folder/said" 2>"$folder/log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$folder"' EXIT

for _ in {1..300}; do
  grep -q '^GraphiQL: ' "$folder/said" && break
  kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 's|^GraphiQL: \(http://[^/ ]*\)/.*|\1|p' "$folder/said")
[[ -n $url ]] || { echo "the demo did not say where it is" >&2; exit 1; }

# The first of the cast who acts in a role.
token() { awk -v role="$1" '!seen { for (i = 1; i < NF; i++) if ($i == role && $(i + 1) ~ /^pts_/) { print $(i + 1); seen = 1 } }' "$folder/said"; }

# An operation as the body of a request; it has neither quotes nor lines that matter.
ask() {
  local role=$1 operation=$2
  sed 's/\\/\\\\/g; s/"/\\"/g' "$operation" | tr '\n' ' ' | sed 's/^/{"query":"/; s/ *$/"}/' |
    curl -sS --max-time 20 "$url/graphql" -H "Authorization: Bearer $(token "$role")" \
      -H 'Content-Type: application/json' -d @-
}

count=0 wrong=0
for operation in tests/same-question/*.graphql; do
  for role in client attorney; do
    kept=${operation%.graphql}.$role.json
    ask "$role" "$operation" >"$folder/answer"
    echo >>"$folder/answer"
    if [[ $write == --write ]]; then cp "$folder/answer" "$kept"; fi
    count=$((count + 1))
    if ! cmp -s "$kept" "$folder/answer"; then
      wrong=$((wrong + 1))
      printf '%s differs for the %s:\n' "$operation" "$role" >&2
      diff "$kept" "$folder/answer" >&2 || true
    fi
  done
done
printf '%d answers compared, %d differ\n' "$count" "$wrong"
((count > 0 && wrong == 0))
