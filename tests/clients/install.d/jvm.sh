# shellcheck shell=bash
# The clients of the JVM, by Maven, with the versions of jvm/pom.xml.
if ! command -v javac >/dev/null; then debian openjdk-17-jdk-headless; fi
if [ ! -e "$CLIENTS/jvm/.done" ] || [ jvm/pom.xml -nt "$CLIENTS/jvm/.done" ]; then
  command -v mvn >/dev/null || debian maven
  rm -rf "$CLIENTS/jvm/lib"
  mvn -q -B -f jvm/pom.xml dependency:copy-dependencies -DoutputDirectory="$CLIENTS/jvm/lib" -Dmdep.useBaseVersion=true
  touch "$CLIENTS/jvm/.done"
fi
