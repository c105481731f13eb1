#!/usr/bin/env bash
# Installs what the tests at full depth need beside Node, and does nothing where it is there already:
# Redis, a JDK and Maven (for the MongoDB-protocol server, which is built here), k6, and the compilers of the wearable's
# program (avr-gcc for the chip, gcc for its tests on this machine) with the emulator simavr.
# For Debian and its kin, as root or with sudo; elsewhere it says what is missing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

K6_VERSION=v1.8.1
GO_VERSION=go1.26.8
export PATH="$PATH:/usr/local/go/bin:$HOME/go/bin"

packages=()
command -v redis-server >/dev/null || packages+=(redis-server)
command -v javac >/dev/null || packages+=(default-jdk-headless)
command -v mvn >/dev/null || packages+=(maven)
command -v k6 >/dev/null || command -v go >/dev/null || packages+=(golang-go)
command -v k6 >/dev/null || command -v unzip >/dev/null || packages+=(unzip)
command -v k6 >/dev/null || command -v curl >/dev/null || packages+=(curl ca-certificates)
command -v avr-gcc >/dev/null || packages+=(gcc-avr binutils-avr avr-libc)
command -v gcc >/dev/null || packages+=(gcc libc6-dev)
[ -f /usr/include/simavr/sim_avr.h ] || packages+=(libsimavr-dev libelf-dev)
command -v make >/dev/null || packages+=(make)

if [ ${#packages[@]} -gt 0 ]; then
  command -v apt-get >/dev/null ||
    fail "Missing: ${packages[*]}. This script knows apt-get only: install them with your package manager."
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "Missing: ${packages[*]}. Run this script as root, or install sudo."
    as_root=(sudo)
  fi
  # The package would start a Redis of its own; the tests start theirs.
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -q --no-install-recommends "${packages[@]}"
fi

# Built again only when its sources changed since.
if [ ! -f "$BUILD_FOLDER/built" ] ||
  [ -n "$(find "$SERVICES_FOLDER/mongo-protocol-server" -type f -newer "$BUILD_FOLDER/built")" ]; then
  mvn -q -B -f "$SERVICES_FOLDER/mongo-protocol-server/pom.xml" "-DbuildFolder=$BUILD_FOLDER" clean process-classes
  touch "$BUILD_FOLDER/built"
fi

# Go 1.21 and later fetch the toolchain that k6 asks for by themselves. An older one (Debian 12) cannot, so
# it is given the same archive from the same place, which holds for every later use too.
if ! command -v k6 >/dev/null; then
  go=go
  minor="$(go env GOVERSION | sed -E 's/^go1\.([0-9]+).*/\1/')"
  if [ "$minor" -lt 21 ]; then
    toolchain="$GO_VERSION.$(go env GOOS)-$(go env GOARCH)"
    folder="${XDG_CACHE_HOME:-$HOME/.cache}/gaitway/go"
    proxy="$(go env GOPROXY | cut -d, -f1)"
    mkdir -p "$folder"
    curl -fsSL -o "$folder/$toolchain.zip" "$proxy/golang.org/toolchain/@v/v0.0.1-$toolchain.zip"
    unzip -q -o "$folder/$toolchain.zip" -d "$folder"
    rm "$folder/$toolchain.zip"
    go="$folder/golang.org/toolchain@v0.0.1-$toolchain/bin/go"
    # The archive of a module keeps no permissions.
    chmod +x "${go%/*}"/* "${go%/*}"/../pkg/tool/*/*
  fi
  GOTOOLCHAIN=auto "$go" install "go.k6.io/k6@$K6_VERSION"
fi

echo "services: $(redis-server --version | cut -d' ' -f1-3), MongoDB-protocol server in $BUILD_FOLDER, $(k6 version | head -1)"
