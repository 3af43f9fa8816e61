# What is made of what. submit.sh, parallel.sh and part.sh read it; it is bash, and paths are taken from where it lies.
# shellcheck shell=bash disable=SC2034 # used where it is read

# A file with one shard per line, each as `--data` takes it. Keep whole shards out of it for `evaluate` and `verify`.
SHARDS=shards.txt
# Everything is written here: parts/, tokenizer/, tokens/ and logs/. All machines must see it.
OUTPUT=run

# How shards are read, by both passes and by `tokenize`: --format, --action-key, --skip-bad ...
RECORDING=()
# Which values are counted: options of `count --pass statistics`.
STATISTICS=(--rate 20 --horizon 1s)
# How they become integers: options of `count --pass coefficients`.
COEFFICIENTS=(--scale 10)
# The vocabulary: options of `train --counts`.
TRAIN=(--vocab-size 1024)
# Options of `tokenize`.
TOKENIZE=()

# The tool as a command and its first arguments, such as (apptainer exec tools.sif fast-tokenizer).
FAST_TOKENIZER=(fast-tokenizer)
# At most so many tasks share the shards; Slurm's own limit is MaxArraySize, 1001 unless it was raised.
TASKS=1000
# Slurm: options of every sbatch, such as (--partition cpu --cpus-per-task 4 --mem 4G --time 1:00:00).
SBATCH=()
