#!/usr/bin/env bash
# Slurm on this machine alone, to try a pipeline and its recovery: a controller and three nodes of one core each.
# All it has lies in one folder; a Slurm or munge of the machine is neither used nor disturbed. Needs Debian's slurm-wlm and munge.
#
#   slurm.sh start FOLDER          starts it; a folder that was stopped goes on. Then: export SLURM_CONF=FOLDER/slurm.conf
#   slurm.sh kill FOLDER NODE      kills node1, node2 or node3 with all that runs on it, as if its plug were pulled
#   slurm.sh revive FOLDER NODE    brings it back
#   slurm.sh stop FOLDER           ends all daemons and jobs; the folder stays, for its logs
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

nodes=(node1 node2 node3)

fail() {
    echo "${0##*/}: $*" >&2
    exit 2
}

usage() { fail "usage: ${0##*/} start|stop FOLDER, or kill|revive FOLDER node1|node2|node3"; }

# What has a file of this folder open: a daemon its log, and a daemon of a job step the log of its node.
having_open() { find /proc/[0-9]*/fd -lname "$folder/$1" 2>/dev/null | cut -d/ -f3 | sort -u || true; }

# What Slurm started on a node, by the environment that it gives to all of it.
started_on() {
    grep -lzFx "SLURMD_NODENAME=$1" /proc/[0-9]*/environ 2>/dev/null |
        xargs -r grep -lzFx "SLURM_CONF=$folder/slurm.conf" 2>/dev/null | cut -d/ -f3 || true
}

# First the daemons, so that none reports the end of what it had started.
kill_node() {
    local find pids
    for find in "having_open slurmd-$1.log" "started_on $1"; do
        while mapfile -t pids < <($find) && [ "${#pids[@]}" -gt 0 ]; do
            kill -KILL "${pids[@]}" 2>/dev/null || true
            sleep 0.05
        done
    done
}

# Ends a daemon in order, or by force after five seconds.
end() {
    local pids signal=TERM tries=0
    while mapfile -t pids < <(having_open "$1") && [ "${#pids[@]}" -gt 0 ]; do
        if [ $((tries++)) -eq 50 ]; then signal=KILL; fi
        kill "-$signal" "${pids[@]}" 2>/dev/null || true
        sleep 0.1
    done
}

answers() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The first of four neighbouring ports that nobody listens on, below those that systems give out by themselves.
free_ports() {
    local first port tries
    for ((tries = 0; tries < 100; tries++)); do
        first=$((20000 + RANDOM % 3000 * 4))
        for ((port = first; port < first + 4; port++)); do
            if answers "$port"; then continue 2; fi
        done
        echo "$first"
        return
    done
    fail "found no four free ports"
}

configure() {
    local port user
    port=$(free_ports)
    user=$(id -un)
    (umask 077 && head -c 128 /dev/urandom > "$folder/munge.key")
    mkdir -p "$folder/state"
    cat > "$folder/slurm.conf" <<END
ClusterName=loopback
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=6
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
# Nothing of the kernel's or of a database's: it runs in a container too.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
# A node that says nothing for ten seconds is down; one that comes back is used at once.
SlurmdTimeout=10
ReturnToService=2
JobRequeue=1
KillWait=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
SlurmdParameters=config_overrides
NodeName=node[1-3] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 3))] CPUs=1 RealMemory=500
PartitionName=main Nodes=node[1-3] Default=YES MaxTime=INFINITE State=UP
END
}

start_node() {
    # SLURM_CONF is how `kill` knows what this cluster has started.
    SLURM_CONF=$folder/slurm.conf slurmd -f "$folder/slurm.conf" -N "$1"
}

# A machine that has booted tells the controller so, which then queues again what ran on it. This one has not.
revive() {
    SLURM_CONF=$folder/slurm.conf scontrol update "NodeName=$1" State=DOWN Reason="lost its power"
    start_node "$1"
    wait_for_nodes "$1"
}

wait_for_nodes() {
    local tries states
    for ((tries = 0; tries < 300; tries++)); do
        states=$(SLURM_CONF=$folder/slurm.conf sinfo --noheader --Node --format='%N %T' 2>/dev/null || true)
        if [ "$(grep -cE "^(${1// /|}) (idle|mixed|allocated|completing)$" <<< "$states")" -eq "$(wc -w <<< "$1")" ]; then return; fi
        sleep 0.1
    done
    fail "$1 did not come up in 30 seconds: see the logs in $folder"
}

start() {
    local name
    for name in munged slurmctld slurmd sinfo; do
        command -v "$name" > /dev/null || fail "$name is missing: install Debian's packages slurm-wlm and munge"
    done
    [ -z "$(having_open slurmctld.log)" ] || fail "$folder: it runs already"
    if [ ! -e "$folder/slurm.conf" ]; then configure; fi
    munged --force --socket="$folder/munge.socket" --key-file="$folder/munge.key" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munged.log" --seed-file="$folder/munged.seed"
    SLURM_CONF=$folder/slurm.conf slurmctld -f "$folder/slurm.conf"
    for name in "${nodes[@]}"; do start_node "$name"; done
    wait_for_nodes "${nodes[*]}"
    echo "export SLURM_CONF=$folder/slurm.conf"
}

stop() {
    local name
    for name in "${nodes[@]}"; do kill_node "$name"; done
    end slurmctld.log
    end munged.log
}

[ $# -ge 2 ] || usage
# Slurm's configuration has no quotes, and a socket's path is at most 107 bytes long.
[[ $2 =~ ^[A-Za-z0-9._/-]+$ ]] || fail "$2: give a folder without blanks and special characters"
mkdir -p "$2"
folder=$(cd "$2" && pwd -P)
[ "${#folder}" -le 60 ] || fail "$folder: give a folder with a shorter path, of at most 60 characters"

case "$1 $#" in
    "start 2") start ;;
    "stop 2") stop ;;
    "kill 3" | "revive 3")
        [[ " ${nodes[*]} " == *" $3 "* ]] || usage
        if [ "$1" = kill ]; then kill_node "$3"; else revive "$3"; fi
        ;;
    *) usage ;;
esac
