#!/usr/bin/env bash
# Installs the clients of tests/clients: Debian's packages (as root), and the others
# into $TAGD_CLIENTS (default ~/.cache/tagd-clients). Each family has its own file
# install.d/NAME.sh, which is sourced; running it again does only what is missing.
set -euo pipefail
cd "$(dirname "$0")"
export CLIENTS="${TAGD_CLIENTS:-${XDG_CACHE_HOME:-$HOME/.cache}/tagd-clients}"
mkdir -p "$CLIENTS"

# debian PACKAGE... installs those that are missing.
debian() {
  local need=() p
  for p in "$@"; do dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || need+=("$p"); done
  [ ${#need[@]} -eq 0 ] && return
  [ -e "$CLIENTS/.updated" ] && [ -z "$(find "$CLIENTS/.updated" -mmin +600)" ] || { apt-get update -q && touch "$CLIENTS/.updated"; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${need[@]}"
}

for f in install.d/*.sh; do
  [ -e "$f" ] || continue
  # shellcheck source=/dev/null
  source "$f"
done
