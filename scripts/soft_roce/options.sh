# Command line and what must be installed. Sourced by scripts/soft-roce.

print_help() { sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$parts/../soft-roce"; }

whole_number() {  # OPTION VALUE LEAST MOST
  [[ $2 =~ ^[0-9]{1,7}$ ]] && ((10#$2 >= $3 && 10#$2 <= $4)) ||
    end_with "$bad_usage" "$1 takes a number from $3 to $4, not '$2'"
}

read_options() {
  hosts=1 devices='' mtu=4200 memory=768 cpus='' timeout=240 out='' memlock=unlimited as_user='' verbose=''
  while (($# > 0)); do
    case $1 in
      --) shift; break ;;
      -h | --help) print_help; exit 0 ;;
      --as-user) as_user=yes; shift; continue ;;
      --verbose) verbose=yes; shift; continue ;;
      --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
      --*) ;;
      *) break ;;
    esac
    (($# > 1)) || end_with "$bad_usage" "$1 takes a value, or is no option (--help)"
    case $1 in
      --hosts) whole_number "$1" "$2" 1 32; hosts=$((10#$2)) ;;
      --devices) whole_number "$1" "$2" 1 8; devices=$((10#$2)) ;;
      --mtu) whole_number "$1" "$2" 336 65000; mtu=$((10#$2)) ;;
      --memory) whole_number "$1" "$2" 160 1000000; memory=$((10#$2)) ;;
      --cpus) whole_number "$1" "$2" 1 64; cpus=$((10#$2)) ;;
      --timeout) whole_number "$1" "$2" 1 1000000; timeout=$((10#$2)) ;;
      --memlock) [[ $2 == unlimited ]] || whole_number "$1" "$2" 0 9999999; memlock=$2 ;;
      --out) [[ -d $2 ]] || end_with "$bad_usage" "--out: there is no directory $2"; out=$(readlink -f "$2") ;;
      *) end_with "$bad_usage" "no option: $1 (--help)" ;;
    esac
    shift 2
  done
  (($# > 0)) || end_with "$bad_usage" "which command? (--help)"
  command=("$@")
  : "${devices:=$((hosts == 1 ? 2 : 1))}" "${cpus:=$((hosts == 1 ? 2 : 1))}"
  choose_user
}

# user and group of COMMAND; empty: root's.
choose_user() {
  user='' group=''
  [[ $as_user ]] || return 0
  if ((EUID != 0)); then
    user=$EUID group=$(id -g)
    return
  fi
  user=65534 group=65534
  [[ ! $out || $(stat -c %A "$out") == ????????w* ]] ||
    end_with "$bad_usage" "--as-user means nobody when root calls, and nobody may not write in $out (chmod 1777 it)"
}

needs() {  # PROGRAM PACKAGE
  command -v "$1" >/dev/null || cannot_run "$1 is missing (package $2)"
}

check_programs() {
  [[ $(uname -sm) == "Linux x86_64" ]] || cannot_run "the virtual machine is Linux x86_64, this is $(uname -sm)"
  needs qemu-system-x86_64 qemu-system-x86
  needs busybox busybox-static
  needs ip iproute2
  needs rdma iproute2
  needs setpriv util-linux
  needs flock util-linux
  # A program that is linked dynamically names its loader near its beginning.
  ! head -c 4096 "$(command -v busybox)" | grep -qa ld-linux ||
    cannot_run "busybox is not linked statically (package busybox-static)"
}
