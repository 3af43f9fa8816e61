#!/usr/bin/env bash
# Encodes and decodes the same chunks with this library, with the Hugging Face engine (npm package tokenizers) and with scipy's DCT, one after the
# other on this machine, and prints one table. Needs node with npm, and python3 with numpy and scipy (Debian: python3-numpy python3-scipy).
#
# usage: benchmarks/compare/run.sh        FAST_TOKENIZER_TESTDATA names the folder with tokenizers/fast_plus and the recordings
#        PYTHON=/usr/bin/python3          another interpreter
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-/usr/bin/python3}
"$python" -c 'import numpy, scipy' || { echo "$python lacks numpy or scipy: install python3-numpy python3-scipy, or set PYTHON" >&2; exit 2; }

echo "installing the npm package tokenizers into a temporary folder" >&2
(cd "$work" && npm init -y >/dev/null && npm install --silent --no-fund --no-audit tokenizers >/dev/null)

echo "this library" >&2
dotnet run -c Release --project "$here/../Fast.Tokenizer.Benchmarks" -- compare "$work" >"$work/ours.tsv"
echo "the Hugging Face engine" >&2
NODE_PATH="$work/node_modules" node "$here/engine.js" "$work" >"$work/engine.tsv"
echo "scipy" >&2
"$python" "$here/transform.py" "$work" >"$work/scipy.tsv"

echo "| shape | what | this library, us | peer, us | peer / library |"
echo "|---|---|---|---|---|"
cat "$work/engine.tsv" "$work/scipy.tsv" | while IFS=$'\t' read -r shape what key peer; do
    ours=$(awk -F'\t' -v s="$shape" -v k="$key" '$1 == s && $2 == k { print $3 }' "$work/ours.tsv")
    awk -v s="$shape" -v w="$what" -v o="$ours" -v p="$peer" 'BEGIN { printf "| %s | %s | %.2f | %.1f | %.0f |\n", s, w, o, p, p / o }'
done
