#!/usr/bin/env bash
# The same parts under GNU parallel on this machine, as many at a time as it has cores.
#
#   parallel.sh SETTINGS [OPTION...]    options of parallel, such as --jobs 4, --retries 3 or --sshlogin host1,host2
set -euo pipefail

here=$(cd "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
[ $# -ge 1 ] || { echo "usage: parallel.sh SETTINGS [OPTION...]" >&2; exit 2; }
settings=$(realpath -- "$1")
shift
tasks=$("$here/part.sh" "$settings" tasks)

step() { "$here/part.sh" "$settings" "$1"; }

# A part uses one core, as there are others beside it. The first that fails ends all.
parts() {
    seq 0 $((tasks - 1)) | parallel --quote --halt now,fail=1 "${@:2}" \
        env DOTNET_PROCESSOR_COUNT=1 "$here/part.sh" "$settings" "$1" "$tasks"
}

parts statistics "$@"
step merge-statistics
parts coefficients "$@"
step merge-coefficients
step train
parts tokenize "$@"
