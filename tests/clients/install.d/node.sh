# The Node.js clients, as tests/clients/node/package-lock.json pins them. Install
# scripts are not run: none of the clients needs to build anything.
command -v npm >/dev/null || debian nodejs npm
if ! cmp -s node/package-lock.json "$CLIENTS/node/installed.json"; then
  mkdir -p "$CLIENTS/node"
  cp node/package.json node/package-lock.json node/.npmrc "$CLIENTS/node/"
  (cd "$CLIENTS/node" && npm ci --ignore-scripts --no-progress --loglevel=error)
  cp node/package-lock.json "$CLIENTS/node/installed.json"
fi
