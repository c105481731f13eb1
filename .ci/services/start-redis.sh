#!/usr/bin/env bash
# Starts a Redis that keeps what it acknowledged when its process is killed: start-redis.sh PORT DATA_FOLDER
# Returns when it answers; DATA_FOLDER/service.pid names the process (see stop.sh).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

[ $# -eq 2 ] || fail "usage: start-redis.sh PORT DATA_FOLDER"
port="$1"
mkdir -p "$2"
data="$(cd "$2" && pwd)"
[ -z "$(running_pid "$data/service.pid")" ] || fail "A service of $data runs already. Stop it first: stop.sh $data"
command -v redis-server >/dev/null || fail "There is no redis-server. Run: .ci/services/install.sh"

: >"$data/service.log"
setsid redis-server --port "$port" --bind 127.0.0.1 --dir "$data" --save '' \
  --appendonly yes --appendfsync no --maxmemory-policy noeviction \
  </dev/null >>"$data/service.log" 2>&1 &
pid=$!
write_pid "$data/service.pid" "$pid"
wait_for_line "$data/service.log" 'Ready to accept connections' "$pid" ||
  { "$SERVICES_FOLDER/stop.sh" "$data"; fail "Redis did not start on port $port: see above."; }
echo "redis://127.0.0.1:$port ready, pid $pid"
