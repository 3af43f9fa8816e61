#!/usr/bin/env bash
# Installs the tool in the version TOOL_VERSION, or builds it from the revision of the action; writes the output `path`.
set -euo pipefail

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
source=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
folder="$RUNNER_TEMP/fast-tokenizer-tool"

if [ -n "$TOOL_VERSION" ]; then
    # Away from the workspace: its global.json may ask for another SDK.
    cd "$RUNNER_TEMP"
    dotnet tool install Fast.Tokenizer.Cli --tool-path "$folder/installed" --version "$TOOL_VERSION"
    path="$folder/installed/fast-tokenizer"
else
    # A downloaded action has no .git, hence no commit that a deterministic build could name.
    cd "$source"
    dotnet publish src/Fast.Tokenizer.Cli -c Release --artifacts-path "$folder" \
        -p:ContinuousIntegrationBuild=false -p:RestoreLockedMode=true
    path="$folder/publish/Fast.Tokenizer.Cli/release/fast-tokenizer.dll"
fi

echo "path=$path" >> "$GITHUB_OUTPUT"
