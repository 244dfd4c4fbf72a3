#!/bin/sh
# Puts a shared demo into an empty folder: what serves, and beside it an environment of requirements-hosted.txt.
#
#     hosted/install.sh DIR [REQUIREMENT ...]
#
# Further requirements are pip's: "psycopg[binary]" for a database, or -r requirements-login.txt for operators who log in.
# PYTHON names another Python than python3; 3.11 to 3.13, with its module venv. Nobody has to write below DIR afterwards.
set -eu
python=${PYTHON:-python3}
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?expected a folder: hosted/install.sh DIR}
shift
"$here/copy.sh" "$target"
target=$(cd "$target" && pwd)
"$python" -m venv "$target/env"
pip() {
    "$target/env/bin/python" -m pip --disable-pip-version-check "$@"
}
pip install --no-cache-dir --progress-bar off -r "$here/../requirements-hosted.txt" "$@"
pip uninstall --yes --quiet setuptools pip  # an app that runs installs nothing
cd "$target"
env/bin/python -m compileall -q app.py pages vision hosted
chmod -R a+rX,go-w .
