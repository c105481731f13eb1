#!/usr/bin/env bash
# Stops services that start-redis.sh or start-mongo.sh started, and only those: stop.sh DATA_FOLDER...
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

[ $# -ge 1 ] || fail "usage: stop.sh DATA_FOLDER..."
for data in "$@"; do
  pid="$(running_pid "$data/service.pid")"
  if [ -n "$pid" ]; then
    kill "$pid"
    deadline=$((SECONDS + 10))
    while [ -n "$(running_pid "$data/service.pid")" ]; do
      if [ "$SECONDS" -ge "$deadline" ]; then
        kill -9 "$pid" 2>/dev/null || true
        break
      fi
      sleep 0.1
    done
  fi
  rm -f "$data/service.pid" "$data/service.pid.began"
done
