#!/bin/sh
# Makes the folder of a Hugging Face Space: what serves, with the Dockerfile and the README where a Space has them.
#
#     hosted/space.sh DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?expected a folder: hosted/space.sh DIR}
"$here/copy.sh" "$target"
cp "$here/space.md" "$target/README.md"
cp "$here/Dockerfile" "$target/Dockerfile"
cat >> "$target/Dockerfile" << 'END'
# A Space is shown in a frame of another site, where browsers keep cookies back, and so Streamlit's against forged uploads.
# Nobody logs in here, so a forged upload could do nothing that a visitor's own could not.
ENV STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION=false
END
