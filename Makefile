# make run      the app on http://localhost:8501
# make test     all checks and tests
# make check    lint, format and types only
# make format   tidy the code
#
# Only make and Python are needed; another Python than python3: make run PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
MEDIAPIPE := .venv-mediapipe

.PHONY: run test check format

run: .venv/.requirements
	$(BIN)/streamlit run app.py

test: check $(MEDIAPIPE)/.requirements
	$(BIN)/pytest

check: .venv/.requirements-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/.requirements-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The stamps are as new as the last installation that succeeded.
.venv/.requirements: requirements.txt requirements-hosted.txt requirements-login.txt | $(BIN)/pip
	$(BIN)/pip install --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.requirements-dev: requirements-dev.txt .venv/.requirements
	$(BIN)/pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Not for every system; its tests are skipped where it is missing.
$(MEDIAPIPE)/.requirements: requirements-mediapipe.txt | $(BIN)/pip
	$(BIN)/python -m venv $(MEDIAPIPE)
	@$(MEDIAPIPE)/bin/pip install --disable-pip-version-check -r requirements-mediapipe.txt && touch $@ || \
	  echo "MediaPipe cannot be installed here: what needs it is not tested." >&2

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "Second Look needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is not one: try make run PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
