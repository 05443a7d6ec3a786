# shellcheck shell=bash
# Python's clients, in an environment of their own. Wheels only, with exact versions
# and without looking for what they require: the list is complete.
debian python3 python3-venv

# python_env NAME makes $CLIENTS/NAME of python/requirements-NAME.txt.
python_env() {
  local list="python/requirements-$1.txt" dir="$CLIENTS/$1"
  cmp -s "$list" "$dir/.installed" && return
  rm -rf "$dir"
  /usr/bin/python3 -m venv "$dir"
  "$dir/bin/pip" install -q --disable-pip-version-check --no-deps --no-compile --only-binary :all: -r "$list"
  cp "$list" "$dir/.installed"
}
python_env py
python_env dbt
python_env superset # without odfpy, which has no wheel
