#!/usr/bin/env bash
# One part of the work. Any engine that runs commands can run it: a Slurm job, GNU parallel, a task of Ray, a pod.
#
#   part.sh SETTINGS statistics|coefficients|tokenize TASKS [TASK]    the shards TASK, TASK + TASKS ... of the list, counted from 0;
#                                                                     without TASK it is what Slurm or Kubernetes numbered this job
#   part.sh SETTINGS merge-statistics|merge-coefficients|train
#   part.sh SETTINGS tasks                                            prints how many tasks there are
#
# A part may be killed, repeated, or run on two machines at a time: files are replaced whole, and have the same bytes each time.
set -euo pipefail

fail() {
    echo "${0##*/}: $*" >&2
    exit 2
}

[ $# -ge 2 ] || fail "usage: part.sh SETTINGS STEP [TASKS [TASK]]"
settings=$1 step=$2 tasks=${3:-} task=${4:-${SLURM_ARRAY_TASK_ID:-${JOB_COMPLETION_INDEX:-}}}
cd "$(dirname -- "$settings")"
# shellcheck source-path=SCRIPTDIR source=settings.sh
source "./$(basename -- "$settings")"
mapfile -t shards < <(grep -v '^[[:space:]]*$' -- "$SHARDS")
[ "${#shards[@]}" -gt 0 ] || fail "$SHARDS names no shard"
parts=$OUTPUT/parts

# Where Slurm gives a job some of a machine's cores, the tool is to use no more.
if [ -n "${SLURM_CPUS_ON_NODE:-}" ]; then export DOTNET_PROCESSOR_COUNT=$SLURM_CPUS_ON_NODE; fi

# make OUTPUT INPUT... -- ARGUMENT...: runs the tool, unless the output is there, was made by the same command, and no input is newer.
make() {
    local output=$1 inputs=() command made_by
    made_by=$OUTPUT/made-by/${output#"$OUTPUT/"}
    shift
    while [ "$1" != -- ]; do inputs+=("$1") && shift; done
    shift
    command="${*@Q}"
    if [ -e "$output" ] && [ "$(cat "$made_by" 2> /dev/null)" = "$command" ] &&
        [ -z "$(find "${inputs[@]}" -newer "$output" -print -quit 2>&1)" ]; then
        echo "$output is there already"
        return
    fi
    mkdir -p "$(dirname "$output")" "$(dirname "$made_by")"
    rm -f "$made_by"
    "${FAST_TOKENIZER[@]}" "$@" --output "$output"
    printf '%s\n' "$command" > "$made_by"
}

each_shard() {
    local shard
    [[ $tasks =~ ^[1-9][0-9]*$ && $task =~ ^[0-9]+$ && $task -lt $tasks ]] || fail "$step takes the number of tasks and which one it is"
    for ((shard = task; shard < ${#shards[@]}; shard += tasks)); do "$1" "${shards[shard]}" "$(printf %06d "$shard")"; done
}

count_statistics() {
    make "$parts/statistics/$2.part" "$1" -- \
        count --pass statistics --data "$1" "${RECORDING[@]}" "${STATISTICS[@]}"
}

count_coefficients() {
    make "$parts/coefficients/$2.part" "$1" "$parts/statistics.part" -- \
        count --pass coefficients --statistics "$parts/statistics.part" --data "$1" "${RECORDING[@]}" "${COEFFICIENTS[@]}"
}

tokenize() {
    make "$OUTPUT/tokens/$2" "$1" "$OUTPUT/tokenizer" -- \
        tokenize --tokenizer "$OUTPUT/tokenizer" --data "$1" "${RECORDING[@]}" "${TOKENIZE[@]}"
}

merge() {
    local shard all=()
    for shard in "${!shards[@]}"; do all+=("$parts/$1/$(printf %06d "$shard").part"); done
    make "$parts/$1.part" "${all[@]}" -- merge "${all[@]}"
}

train() { make "$OUTPUT/tokenizer" "$parts/coefficients.part" -- train --counts "$parts/coefficients.part" "${TRAIN[@]}"; }

case $step in
    tasks) echo $((${#shards[@]} < TASKS ? ${#shards[@]} : TASKS)) ;;
    statistics) each_shard count_statistics ;;
    merge-statistics) merge statistics ;;
    coefficients) each_shard count_coefficients ;;
    merge-coefficients) merge coefficients ;;
    train) train ;;
    tokenize) each_shard tokenize ;;
    *) fail "no step is called $step" ;;
esac
