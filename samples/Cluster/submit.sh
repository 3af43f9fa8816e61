#!/usr/bin/env bash
# Submits both passes, the merges, the training and `tokenize` to Slurm, each to start when the one before it has succeeded.
#
#   submit.sh SETTINGS
#
# Prints the jobs and ends. When a job fails, those that wait for it are cancelled; mend the cause and submit again: what is
# there is not made again.
set -euo pipefail

here=$(cd "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
[ $# -eq 1 ] || { echo "usage: submit.sh SETTINGS" >&2; exit 2; }
settings=$(realpath -- "$1")
tasks=$("$here/part.sh" "$settings" tasks)
cd "$(dirname "$settings")"
# shellcheck source-path=SCRIPTDIR source=settings.sh
source "$settings"
mkdir -p "$OUTPUT/logs"

# All or none: a chain that lacks its end is taken back.
jobs=()
trap '[ "${#jobs[@]}" -eq 0 ] || scancel "${jobs[@]}"' ERR

# submit STEP [LAST TASK]; each job waits for the one submitted before it.
submit() {
    local step=$1 options=(--parsable --requeue --open-mode=append --kill-on-invalid-dep=yes --job-name="$1") arguments=() job
    if [ $# -eq 2 ]; then
        options+=(--array="0-$(($2 - 1))" --output="$OUTPUT/logs/%x-%A_%a.log")
        arguments=("$2")
    else
        options+=(--output="$OUTPUT/logs/%x-%j.log")
    fi
    if [ "${#jobs[@]}" -gt 0 ]; then options+=(--dependency="afterok:${jobs[-1]}"); fi
    job=$(sbatch "${options[@]}" "${SBATCH[@]}" "$here/part.sh" "$settings" "$step" "${arguments[@]}")
    # A federation adds the cluster's name.
    jobs+=("${job%%;*}")
    printf '%s\t%s\n' "${jobs[-1]}" "$step"
}

submit statistics "$tasks"
submit merge-statistics
submit coefficients "$tasks"
submit merge-coefficients
submit train
submit tokenize "$tasks"
