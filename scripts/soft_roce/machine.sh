# One host: a qemu with what the guest needs to know. Sourced by scripts/soft-roce.

# The directory that the guest has as /run/soft-roce.
write_job() {  # NODE DIRECTORY
  mkdir -p "$2"
  local number names=()
  for ((number = 0; number < hosts; number++)); do
    names+=("10.99.0.$((number + 1)) node$number")
  done
  {
    printf '%s=%q\n' node "$1" name "node$1" hosts "$hosts" devices "$devices" mtu "$mtu" \
      memlock "$memlock" user "$user" group "$group"
    declare -p names | sed 's/^declare -a //'
  } >"$2/settings"
  printf '%s\0' "${command[@]}" >"$2/arguments"
  env -0 >"$2/environment"
  printf '%s\n' "$PWD" >"$2/directory"
}

# Starts the host; its process id is ${machines[NODE]}.
start_host() {  # NODE
  local place=$run/node$1
  write_job "$1" "$place/job"
  local stdout=(null) stderr=(null)
  if (($1 == 0)); then
    mkfifo "$place/stdout" "$place/stderr"  # not files: qemu would empty those that it opens
    read_port "$place/stdout" &
    outputs+=($!)
    read_port "$place/stderr" >&2 &
    outputs+=($!)
    stdout=("file,path=$place/stdout") stderr=("file,path=$place/stderr")
  fi
  local words="console=ttyS0 panic=-1 mitigations=off nokaslr random.trust_cpu=on audit=0 selinux=0 nowatchdog"
  words+=" tsc=reliable maxcpus=1 SCRIPTS=\"$parts\" OUT=\"$out\""
  [[ $verbose ]] || words+=" quiet"
  # The guest's counter is this machine's. Where others compute, its kernel would find half of the rate.
  local rate
  rate=$(awk '/^bogomips/ { printf "%d", $3 * 500; exit }' /proc/cpuinfo)
  [[ -z $rate ]] || words+=" tsc_early_khz=$rate"
  local arguments=(
    -name "soft-roce node$1,debug-threads=on" -machine pc -nodefaults -no-user-config -display none -no-reboot
    -accel tcg,thread=multi,tb-size=256 -cpu max -smp "$cpus" -m "$memory"
    -kernel "$kernel/vmlinux" -initrd "$initramfs" -append "$words"
    -chardev "file,id=console,path=$place/console" -serial chardev:console
    -device virtio-serial-pci
    -chardev "file,id=status,path=$place/status" -device virtserialport,chardev=status,name=status
    -chardev "${stdout[0]},id=stdout" -device virtserialport,chardev=stdout,name=stdout
    -chardev "${stderr[0]},id=stderr" -device virtserialport,chardev=stderr,name=stderr
  )
  share host / readonly=on
  share job "$place/job" readonly=on
  [[ ! $out ]] || share out "$out" readonly=off
  wire "$1"
  # The directory makes names of sockets short, for which there is little room.
  (cd "$run" && exec setpriv --pdeathsig KILL qemu-system-x86_64 "${arguments[@]}") </dev/null >"$place/qemu" 2>&1 &
  machines[$1]=$!
  if [[ $verbose ]]; then
    tail -F -s 0.2 -n +1 --pid "${machines[$1]}" "$place/console" 2>/dev/null | sed -u "s/^/node$1: /" >&2 &
  fi
}

# Goes on when nobody wants the rest, for which the guest would wait.
read_port() { { cat || cat >/dev/null; } <"$1" 2>/dev/null; }

# Adds network cards to the arguments of the host that is being started: one to node0, or node0's to all.
# Datagrams of unix sockets get through: a socket that is full holds the sender back.
wire() {  # NODE
  local rail other
  for ((rail = 0; rail < devices && hosts > 1; rail++)); do
    if (($1 > 0)); then
      card "$rail" "$1" "$1" node
    else
      for ((other = 1; other < hosts; other++)); do
        card "$rail" "$other" $((256 + other)) switch
      done
    fi
  done
}

# A card at an end of a wire, which is node or switch. NUMBER makes the address of the card.
card() {  # RAIL NODE NUMBER END
  local ends=(node switch) id=card$1.$2 address
  [[ $4 == node ]] || ends=(switch node)
  printf -v address 02:00:00:%02x:%02x:%02x "$1" $(($3 / 256)) $((($3 + 1) % 256))
  arguments+=(-netdev "dgram,id=$id,local.type=unix,local.path=wire$1.$2.${ends[0]},remote.type=unix,remote.path=wire$1.$2.${ends[1]}"
    -device "virtio-net-pci,netdev=$id,romfile=,mac=$address")
}

# Adds a directory to the arguments of the host that is being started.
share() {  # TAG DIRECTORY MORE
  arguments+=(-fsdev "local,id=$1,path=${2//,/,,},security_model=none,multidevs=remap,$3"
    -device "virtio-9p-pci,fsdev=$1,mount_tag=$1")
}
