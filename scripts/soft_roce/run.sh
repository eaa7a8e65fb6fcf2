# A run from its directory to its exit status. Sourced by scripts/soft-roce.

machines=() outputs=() timer='' run=''

prepare_run() {
  local room=${TMPDIR:-/tmp} mine
  remove_left "$room"
  run=$(mktemp -d "$room/shortfall-soft-roce.XXXXXX") || cannot_run "no directory can be made in $room (TMPDIR)"
  exec {mine}>"$run/lock"
  flock "$mine"
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  setpriv --pdeathsig KILL sleep "$timeout" &
  timer=$!
}

# Directories of runs that could not clean up because they were killed. Those that go on hold a lock.
remove_left() {  # DIRECTORY
  local left
  find "$1" -maxdepth 1 -name 'shortfall-soft-roce.??????' -user "$EUID" -mmin +1 2>/dev/null | while read -r left; do
    [[ ! -e $left/lock ]] || flock -n "$left/lock" rm -rf "$left" 2>/dev/null || true
  done
}

# qemu and the timer die with this script, even if it cannot do this.
clean_up() {
  trap '' HUP INT TERM
  kill -KILL "${machines[@]}" "${outputs[@]}" $timer 2>/dev/null || true
  wait 2>/dev/null
  rm -rf "$run"
}

start_hosts() {
  local node
  for ((node = 0; node < hosts; node++)); do
    start_host "$node"
  done
  ((hosts == 1)) || favour_wires
}

# A qemu's main thread carries the packets between hosts. It must not wait for processors that poll, which
# are its other threads.
favour_wires() {
  local machine thread threads tries
  for machine in "${machines[@]}"; do
    for ((tries = 0; tries < 50; tries++)); do
      threads=$(grep -ls '^CPU ' "/proc/$machine"/task/*/comm) && break
      sleep 0.1
    done
    for thread in $threads; do
      thread=${thread%/comm}
      renice -n 5 -p "${thread##*/}" >/dev/null || true
    done
  done
}

# Until node0 has ended, another host has ended before it, or time is up. Then, none runs any more.
await_end() {
  local node
  wait -n "${machines[@]}" "$timer" || true
  ended_first=''
  for ((node = 0; node < hosts && ${#ended_first} == 0; node++)); do
    kill -0 "${machines[node]}" 2>/dev/null || ended_first=$node
  done
  { kill -KILL "${machines[@]}" && wait "${machines[@]}"; } 2>/dev/null || true
  if said 0 up >/dev/null; then
    wait "${outputs[@]}" 2>/dev/null || true
    outputs=()
  fi
}

# Whether the host has said WORD; prints the rest of its line.
said() {  # NODE WORD
  grep -sm 1 "^$2\b" "$run/node$1/status" | cut -d' ' -f2-
}

# Exits with what has become of the hosts.
report_end() {
  local status
  if status=$(said 0 ended); then
    report_complaints
    exit "$status"
  fi
  [[ ! $ended_first ]] || report_broken "$ended_first"
  said 0 running >/dev/null || end_of_console 0
  end_with "$time_is_up" "time is up after $timeout s," \
    "$(said 0 running >/dev/null && echo "in which the command has not ended" || echo "before the command was started")"
}

report_broken() {  # NODE
  local sentence="did not come up" panic
  if panic=$(grep -sm 1 'Kernel panic' "$run/node$1/console"); then
    sentence="broke: ${panic#*] }"
  elif said "$1" broken >/dev/null; then
    sentence="broke: $(said "$1" broken)"
  elif said "$1" running >/dev/null; then
    sentence="broke while the command was running"
  fi
  end_of_console "$1"
  end_with "$broken" "node$1 $sentence"
}

end_of_console() {  # NODE
  say "the console of node$1 ends:"
  tail -qn 40 "$run/node$1"/{qemu,console} >&2 || true
}

# A kernel that warns goes on; who called wants to know.
report_complaints() {
  local node
  for ((node = 0; node < hosts; node++)); do
    if grep -qE 'BUG:|Oops|WARNING:' "$run/node$node/console"; then
      say "the kernel of node$node complained:"
      grep -A 20 -E 'BUG:|Oops|WARNING:' "$run/node$node/console" | head -n 60 >&2
    fi
  done
}
