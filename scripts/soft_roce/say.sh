# How soft-roce ends when it is not COMMAND that decides. Sourced by scripts/soft-roce.

readonly bad_usage=64 skipped=77 time_is_up=124 broken=125

say() { echo "soft-roce: $*" >&2; }

end_with() {  # STATUS SENTENCE
  local status=$1
  shift
  say "$*"
  exit "$status"
}

cannot_run() { end_with "$skipped" "cannot run here: $*"; }
