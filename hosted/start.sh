#!/bin/sh
# Starts the shared demo that install.sh has put into the folder above this one.
#
# ADDRESS and PORT say where it listens: 0.0.0.0 and 8501. Other settings are Streamlit's, as STREAMLIT_SERVER_... .
set -eu
cd "$(dirname "$0")/.."
export SECOND_LOOK_HOSTED="${SECOND_LOOK_HOSTED:-on}"
# Feedback needs a database that outlives the process: the address of one, or "off".
export SECOND_LOOK_DATABASE="${SECOND_LOOK_DATABASE:-off}"
export PYTHONDONTWRITEBYTECODE=1
exec env/bin/python -m streamlit run app.py --server.address="${ADDRESS:-0.0.0.0}" --server.port="${PORT:-8501}" \
    --server.headless=true --server.fileWatcherType=none
