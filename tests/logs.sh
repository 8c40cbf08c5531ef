#!/usr/bin/env bash
# Searches the log of a whole test run for what it must never hold: `bash tests/logs.sh FOLDER`.
# The folder is the one that PORTICO_TEST_LOGS named while the tests ran: logs, and the tokens that were given out.
set -euo pipefail
folder=${1:?say which folder}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

shopt -s nullglob
logs=("$folder"/log-*) tokens=("$folder"/tokens-*)
((${#logs[@]} > 0)) || fail "$folder holds no log: the tests wrote none"
((${#tokens[@]} > 0)) || fail "$folder holds no tokens: the tests gave none out"
cat "${tokens[@]}" | sort -u | sed '/^$/d' >"$folder/tokens"
[[ -s $folder/tokens ]] || fail "no token was given out"
calls=$(cat "${logs[@]}" | grep -c '"portico::calls"' || true)
((calls > 1000)) || fail "only $calls calls were logged: the logs are not those of the test run"

# Prints what was found, cut short, and fails.
search() {
  local what=$1
  shift
  if grep -n "$@" "${logs[@]}" >"$folder/found"; then
    cut -c1-400 "$folder/found" | head -20 >&2
    fail "the log holds $what: $(wc -l <"$folder/found") lines"
  fi
}

search "canaries" -i canary
search "headers with tokens" -iE 'bearer [a-z0-9]|authorization'
search "keys of services" -F ptk_live_
search "tokens that were given out" -F -f "$folder/tokens"
printf '%s calls in %s logs, %s tokens: nothing leaked\n' "$calls" "${#logs[@]}" "$(wc -l <"$folder/tokens")"
