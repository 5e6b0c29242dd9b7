#!/usr/bin/env bash
# Gets a real Pulumi engine for the tests where no `pulumi` is installed: builds the CLI and the Node language host from
# their Go modules (about four minutes on two cores, once), checked against Go's checksum database, and prints the
# folder that holds both. A second run finds them and prints the folder at once.
#
#   PATH="$(test/engine/get-engine.sh):$PATH" npm run test:engine
#
# Needs Go. ENGINE_JOBS: packages compiled at a time, by default Go's own choice.
set -euo pipefail

# The newest CLI whose modules stand alone, and the last Node host that is part of Pulumi's SDK module (later ones moved
# to a module of their own that the proxy does not serve); it drives today's Node SDK.
cli_version=v3.245.0
host_version=v3.68.0

folder="${XDG_CACHE_HOME:-$HOME/.cache}/model-serving-engine/$cli_version-$host_version"
bin="$folder/bin"

# build NAME MODULE VERSION PACKAGE: builds one program by a go.mod that requires just its module, since
# `go install package@version` refuses modules with replace directives.
build() {
  local name=$1 module=$2 version=$3 package=$4
  [ -x "$bin/$name" ] && return 0
  command -v go >/dev/null || { echo "get-engine: needs Go (https://go.dev/dl) to build the Pulumi CLI" >&2; exit 1; }
  local work
  work=$(mktemp -d "$folder/build.XXXXXX")
  printf 'module engine\n\ngo 1.24\n\nrequire %s %s\n' "$module" "$version" >"$work/go.mod"
  printf '//go:build tools\n\npackage engine\n\nimport _ "%s"\n' "$package" >"$work/tools.go"
  (
    cd "$work"
    export GOFLAGS="-mod=mod -buildvcs=false ${ENGINE_JOBS:+-p=$ENGINE_JOBS}" GOWORK=off CGO_ENABLED=0
    go build -trimpath -o "$work/$name" \
      -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" "$package"
  ) >&2
  mkdir -p "$bin"
  # A rename is atomic: an interrupted build leaves no half program behind.
  mv "$work/$name" "$bin/$name"
  rm -rf "$work"
}

mkdir -p "$folder"
build pulumi-language-nodejs github.com/pulumi/pulumi/sdk/v3 "$host_version" \
  github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs
build pulumi github.com/pulumi/pulumi/pkg/v3 "$cli_version" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
echo "$bin"
