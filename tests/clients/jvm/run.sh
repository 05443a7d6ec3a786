#!/usr/bin/env bash
# Runs the class $1 of this folder; the sources are compiled once for each of their
# states, into $CLIENTS/jvm.
set -euo pipefail
cd "$(dirname "$0")"
classes="$CLIENTS/jvm/classes-$(cat ./*.java | sha256sum | cut -c1-16)"
(
  flock 9
  if [ ! -e "$classes/.done" ]; then
    rm -rf "$CLIENTS"/jvm/classes-*
    javac -nowarn -d "$classes" -cp "$CLIENTS/jvm/lib/*" ./*.java
    touch "$classes/.done"
  fi
) 9>"$CLIENTS/jvm/.lock"
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Dfile.encoding=UTF-8 -cp "$classes:$CLIENTS/jvm/lib/*" "$@"
