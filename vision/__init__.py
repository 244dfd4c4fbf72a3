"""Retrain an image classifier and serve it: everything here is true without a browser."""

import os

# Else ONNX Runtime gives the machine a number, keeps files in the home folder, and tells its makers of each start.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
