#!/bin/sh
# Copies what a shared demo needs of this repository into an empty folder; data sets, runs and secrets stay behind.
#
#     hosted/copy.sh DIR
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
target=${1:?expected a folder: hosted/copy.sh DIR}
if [ -e "$target" ] && [ -n "$(ls -A "$target")" ]; then
    echo "$target is not empty; expected a new folder." >&2
    exit 1
fi
mkdir -p "$target/.streamlit"
cd "$source"
cp .streamlit/config.toml "$target/.streamlit/"
cp -R app.py pages vision models examples hosted requirements-hosted.txt requirements-login.txt LICENSE "$target/"
cd "$target"
rm -rf models/start  # what training starts from
find models -mindepth 1 -name ".*" -prune -exec rm -rf {} +  # earlier versions of models
find . -name __pycache__ -prune -exec rm -rf {} +
