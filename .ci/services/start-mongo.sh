#!/usr/bin/env bash
# Starts the server that speaks MongoDB's wire protocol: start-mongo.sh PORT DATA_FOLDER
# Returns when it answers; DATA_FOLDER/service.pid names the process (see stop.sh).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

[ $# -eq 2 ] || fail "usage: start-mongo.sh PORT DATA_FOLDER"
port="$1"
mkdir -p "$2"
data="$(cd "$2" && pwd)"
[ -z "$(running_pid "$data/service.pid")" ] || fail "A service of $data runs already. Stop it first: stop.sh $data"
[ -d "$BUILD_FOLDER/libraries" ] || fail "The server was not built yet. Run: .ci/services/install.sh"

: >"$data/service.log"
setsid java -Xmx512m -cp "$BUILD_FOLDER/classes:$BUILD_FOLDER/libraries/*" \
  MongoProtocolServer "$port" "$data/data.mv" </dev/null >>"$data/service.log" 2>&1 &
pid=$!
write_pid "$data/service.pid" "$pid"
wait_for_line "$data/service.log" '^ready ' "$pid" ||
  { "$SERVICES_FOLDER/stop.sh" "$data"; fail "The MongoDB-protocol server did not start on port $port: see above."; }
echo "mongodb://127.0.0.1:$port ready, pid $pid"
