#!/usr/bin/env bash
# Runs `fast-tokenizer verify` as the action's inputs say; they come as environment variables.
# Writes the outputs `passed` and `exit-code`, and the table to the job's summary.
set -euo pipefail

arguments=(verify)

# An option and its value are one word: a value that begins with a dash stays a value.
option() { if [ -n "$2" ]; then arguments+=("$1=$2"); fi; }

# The lines of a text that say something, without blanks at their ends.
lines() { sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d' <<< "$1"; }

option --tokenizer "$TOKENIZER"
while IFS= read -r line; do option --data "$line"; done < <(lines "$DATA")
option --max-rmse "$MAX_RMSE"
option --max-error "$MAX_ERROR"
option --max-mean-tokens "$MAX_MEAN_TOKENS"

# "--option value" is cut at the first blank; nothing is expanded, so a value may hold blanks and stars.
pair='^(--[a-z0-9-]+)[[:space:]]+(.+)$'
while IFS= read -r line; do
    if [[ $line =~ $pair ]]; then arguments+=("${BASH_REMATCH[1]}=${BASH_REMATCH[2]}"); else arguments+=("$line"); fi
done < <(lines "$ARGS")

tool=("$TOOL")
if [[ $TOOL == *.dll ]]; then tool=(dotnet "$TOOL"); fi

# Names within a tokenizer or a recording may look like workflow commands: until the word is said again, none is obeyed.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
word=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
code=0
echo "::stop-commands::$word"
"${tool[@]}" "${arguments[@]}" 2>&1 | tee "$log" || code=${PIPESTATUS[0]}
echo
echo "::$word::"

case $code in
    0) passed=true title="fast-tokenizer verify: all limits are kept" ;;
    1) passed=false title="fast-tokenizer verify: a limit is missed" ;;
    *) passed=false title="fast-tokenizer verify: could not be checked, exit code $code" ;;
esac

printf 'passed=%s\nexit-code=%s\n' "$passed" "$code" >> "$GITHUB_OUTPUT"
# Four blanks make a block of code that no line of it can end.
{ printf '#### %s\n\n' "$title"; sed 's/^/    /' "$log"; echo; } >> "$GITHUB_STEP_SUMMARY"
if [ "$code" -ne 0 ]; then echo "::error::$title"; fi
exit "$code"
