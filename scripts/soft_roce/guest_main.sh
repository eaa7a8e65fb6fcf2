# The guest, once it has the machine's files: makes RDMA devices, runs the command in node0 or serves
# the other hosts' commands, and ends.
#
# Of the job, /run/soft-roce, settings is sourced; arguments, environment and directory are the command's.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
here=$(dirname "$0")
job=/run/soft-roce
source "$job/settings"

# Ports to the machine: status, stdout, stderr. Each line of status is an event: run.sh.
port() {  # NAME
  local named
  for named in /sys/class/virtio-ports/*; do
    if [[ $(<"$named/name") == "$1" ]]; then
      echo "/dev/${named##*/}"
    fi
  done
}
exec >/dev/console 2>&1 8>"$(port status)"

# Writing to a port waits until the machine has read it; so does the share of --out at closing a file.
turn_off() {
  sync
  echo b >/proc/sysrq-trigger
  sleep infinity
}

give_up() {  # SENTENCE
  echo "broken $*" >&8
  dmesg | tail -n 20
  turn_off
}

source "$here/guest_network.sh"

set_up_kernel() {
  dmesg -n 5  # what is worse than a notice goes to the console from now on
  echo "$name" >/proc/sys/kernel/hostname
  echo 0 >/proc/sys/kernel/yama/ptrace_scope
  printf '%s\n' '127.0.0.1 localhost' "${names[@]}" >/etc/hosts
  # One processor starts the kernel faster than two.
  local processor thread
  for processor in /sys/devices/system/cpu/cpu[1-9]*; do
    echo 1 >"$processor/online"
  done
  # Processes that poll leave the devices' work to ksoftirqd, which must not wait for their time slices.
  for thread in $(pgrep ksoftirqd); do
    chrt -f -p 1 "$thread"
  done
}

# Becomes the command, with limits, environment, directory and user of the job.
become() {  # ARGUMENT...
  local environment as=()
  mapfile -d '' environment <"$job/environment"
  ulimit -n 65536
  ulimit -l "$memlock"
  if [[ $user ]]; then
    as=(setpriv --reuid "$user" --regid "$group" --clear-groups --inh-caps=-all --bounding-set=-all)
  fi
  cd "$(<"$job/directory")" || exit 125
  exec "${as[@]}" env -i "${environment[@]}" "${more_environment[@]}" "$@" 8>&-
}

# What the command's environment says of the other hosts: to scripts, and to Open MPI 4 and 5.
know_hosts() {
  local shell=$here/remote_shell.sh list
  printf -v list ,%s "${names[@]#* }"
  more_environment=(
    "SOFT_ROCE_HOSTS=${list:1}" "SOFT_ROCE_SHELL=$shell"
    "OMPI_MCA_plm_rsh_agent=$shell" "PRTE_MCA_plm_ssh_agent=$shell"
    OMPI_MCA_oob_tcp_if_include=10.99.0.0/24 OMPI_MCA_btl_tcp_if_include=10.99.0.0/24
    PRTE_MCA_prte_if_include=10.99.0.0/24
  )
}

await_hosts() {
  local name
  for name in "${names[@]:1}"; do
    until "$here/remote_shell.sh" "${name#* }" true; do
      sleep 0.1
    done
  done
}

run_command() {
  local arguments more_environment=() stdout stderr
  mapfile -d '' arguments <"$job/arguments"
  stdout=$(port stdout) stderr=$(port stderr)
  if ((hosts > 1)); then
    know_hosts
    await_hosts
  fi
  echo running >&8
  (become "${arguments[@]}") </dev/null >"$stdout" 2>"$stderr"
  echo "ended $?" >&8
}

set_up_network
set_up_kernel
echo up >&8
if [[ $node == 0 ]]; then
  run_command
else
  become "$here/guest_serve.sh"
fi
turn_off
