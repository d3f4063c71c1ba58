# Sourced by .ci/run and .ci/nightly: installs packages of the system where that can be done.

# install ENOUGH PACKAGE…: once ENOUGH can be executed, a package that cannot be set up does no harm.
install() {
  local enough=$1
  shift
  export DEBIAN_FRONTEND=noninteractive
  local options=(-qq -y --no-install-recommends -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120)
  # Only the programs are wanted: no service is to be started.
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=1
  fi
  local attempt status=1
  for attempt in 1 2 3; do
    apt-get update -qq && apt-get install "${options[@]}" "$@" && status=0 && break
    [ -x "$enough" ] && status=0 && break
    echo "apt-get failed (attempt $attempt of 3)" >&2
    sleep $((attempt * 5))
  done
  [ -n "$made" ] && rm -f "$policy"
  return "$status"
}

# obtain ENOUGH PACKAGE…: what cannot be installed is done without.
obtain() {
  local enough=$1
  shift
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
    echo "Installing $* …"
    install "$enough" "$@" </dev/null >/tmp/obb-ci-apt.log 2>&1 ||
      { tail -20 /tmp/obb-ci-apt.log; echo "Going on without: $*"; }
  else
    echo "Not installed, and cannot be installed here: $*"
  fi
}

# obtain_missing PROGRAM=PACKAGE…: the packages of the programs that are not there.
obtain_missing() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null 2>&1 || missing+=("${pair#*=}")
  done
  [ "${#missing[@]}" -eq 0 ] || obtain /nonexistent "${missing[@]}"
}
