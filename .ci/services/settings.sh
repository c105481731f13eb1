# Where the services' programs are built, for all scripts here. The checkout stays clean.
SERVICES_FOLDER="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
BUILD_FOLDER="${GAITWAY_SERVICES_BUILD:-${XDG_CACHE_HOME:-$HOME/.cache}/gaitway/mongo-protocol-server}"
READY_SECONDS=30

fail() {
  echo "$*" >&2
  exit 69
}

# Waits until a line that matches $2 stands in the file $1, while process $3 lives.
wait_for_line() {
  local deadline=$((SECONDS + READY_SECONDS))
  until grep -q -e "$2" "$1" 2>/dev/null; do
    kill -0 "$3" 2>/dev/null || { cat "$1" >&2; return 1; }
    [ "$SECONDS" -lt "$deadline" ] || { cat "$1" >&2; return 1; }
    sleep 0.1
  done
}

# State of process $1, and when it began in ticks since the machine's start, since numbers are used again.
process_state() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f1,20
}

# Writes the pid file $1 for process $2, and beside it when it began.
write_pid() {
  process_state "$2" | cut -d' ' -f2 >"$1.began"
  echo "$2" >"$1"
}

# The process of the pid file $1, or nothing when it is gone. What ended and was not waited for by its
# parent (Z) still has a number, but is gone too.
running_pid() {
  local pid state began
  [ -f "$1" ] || return 0
  read -r pid <"$1"
  read -r state began < <(process_state "$pid") || return 0
  if [ "$state" != Z ] && [ "$began" = "$(cat "$1.began")" ]; then echo "$pid"; fi
}
