#!/usr/bin/env bash
# Runs three versions of the sample service through `govctl run`, as CI would at three commits, and lists the results.
# Usage: testdata/quickstart/demo.sh GOVCTL [OUTPUT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
govctl=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
out=${2:-governance}
[[ $out == /* ]] || out=$PWD/$out

repository=$(mktemp -d)
trap 'rm -rf "$repository"' EXIT
cp -r "$here"/alerts_taxonomy.json "$here"/project_milestones.json "$here"/prometheus "$here"/govctl.yaml "$repository"
cd "$repository"

rm -rf "$out"
mkdir -p "$out/status"
cp "$here/history.jsonl" "$out/status/"   # what 28 earlier runs left behind

commits=(8f41c0de1a7 b30f92ac4d5 e7712d90f36)
notes=("the contract as it stands: nothing was published before" "an operation and a filter are added" "breaking changes without a major version bump")
for i in 1 2 3; do
  cp "$here/openapi/v$i.yaml" openapi.yaml
  version=$(sed -n 's/^  version: *//p' openapi.yaml | head -1)
  printf '\n== commit %s, version %s: %s\n' "${commits[i-1]}" "$version" "${notes[i-1]}"
  code=0
  "$govctl" run --out "$out" --sha "${commits[i-1]}" --run-id "$i" || code=$?
  echo "exit code $code"
done

cat <<EOF

The third version removes what clients use, and its number is that of a minor release: the run failed and named the version that would pass.
Results are in $out:
  site/index.html                 the status page: open $out/site/index.html in a browser
  status/openapi-diff.json        what changed, with examples
  status/semver-validation.json   which version the change requires
  (cd $out && sha256sum -c status/SHA256SUMS)   verifies that the files are complete and unchanged
EOF
