# Every target prepares what it needs itself: on a bare Debian machine with Python 3.11 `make up` is enough.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
BCOIN := tests/custody/bcoin/node_modules
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# uv takes seconds where pip takes a minute; where it cannot be had, or does not know of an index that pip
# is told of, pip does the same.
UV := 0.13.9
INSTALL = { $(BIN)/uv pip install --quiet --python $(BIN)/python $(1) 2>/dev/null || $(PIP) $(1); }

# The many processes of a run of tests would each compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up test collected softhsm chromium prometheus long pages check types style bench conformance sdk vendor metrics alerts compile restore-drill setup setup-dev

up: $(VENV)/.runtime
	@exec $(BIN)/python manage.py up $(ARGS)

# Fault tests wait more than they work, so two houses stand side by side; nothing else runs, as they count seconds.
# The others wait for houses of their own half of the time, so there are more workers than processors. What
# `check` has run already they leave out.
test: $(VENV)/.dev $(BCOIN)/.installed softhsm
	@$(MAKE) --no-print-directory -j2 --output-sync=target types collected
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "faults and not long" $(if $(ARGS),$(ARGS),$(FAULTS))
	$(BIN)/python -m pytest -n 4 --dist loadscope -m "not faults and not long" --ignore=tests/architecture $(ARGS)

# Where all fault tests are, so that workers need not look at thousands of others first.
FAULTS = $$(grep -rl --include='*.py' 'mark\.faults' tests)

# While types are checked the other processor compiles the tests, and migrates the database that they all copy:
# else each worker would do it for itself, at the same time.
collected: style
	@mkdir -p .state
	@$(BIN)/python -m pytest -q --collect-only > .state/collected 2>&1 || { tail -n 50 .state/collected; exit 1; }

# A node that is independent of Bitcoin Core, for the tests of chain sources. Without npm, Node 18 or a registry
# they are skipped and say so.
$(BCOIN)/.installed: $(dir $(BCOIN))package-lock.json
	@cd $(dir $(BCOIN)) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 \
		--fetch-timeout=20000 && touch node_modules/.installed || echo "bcoin cannot be had; its tests are skipped"

# A token without hardware, for the tests of signers. Where it may not be installed they are skipped and say so.
softhsm:
	@command -v softhsm2-util >/dev/null || { \
		root=$$([ "$$(id -u)" = 0 ] || echo sudo -n); export DEBIAN_FRONTEND=noninteractive; \
		$$root timeout 60 apt-get update -qq && $$root timeout 120 apt-get install -y -qq softhsm2; \
	} >/dev/null 2>&1 || echo "SoftHSM2 cannot be had; its tests are skipped"

# The browser of tests. Without it they fail and say how to get it.
chromium:
	@command -v chromium >/dev/null || { \
		root=$$([ "$$(id -u)" = 0 ] || echo sudo -n); export DEBIAN_FRONTEND=noninteractive; \
		$$root timeout 60 apt-get update -qq && \
			$$root timeout 300 apt-get install -y -qq --no-install-recommends chromium; \
	} >/dev/null 2>&1 || echo "Chromium cannot be had; tests of pages fail: apt-get install -y chromium"

# The Prometheus of tests, with promtool. What the package would start is stopped again, and not begun at boot.
# Where it may not be installed its tests are skipped and say so.
prometheus:
	@command -v prometheus >/dev/null && command -v promtool >/dev/null || { \
		root=$$([ "$$(id -u)" = 0 ] || echo sudo -n); export DEBIAN_FRONTEND=noninteractive; \
		$$root timeout 60 apt-get update -qq && \
			$$root timeout 300 apt-get install -y -qq --no-install-recommends prometheus && \
			{ ! command -v systemctl || $$root systemctl disable --now prometheus || true; }; \
	} >/dev/null 2>&1 || echo "Prometheus cannot be had; its tests are skipped: apt-get install -y prometheus"

# The whole product as a person starts it, bots around whom everything dies, and all cases and made-up examples
# of which `test` tries a few: minutes. What fails on a crowded machine is tried once more, and counted.
long: $(VENV)/.dev $(BCOIN)/.installed softhsm prometheus
	$(BIN)/python -m pytest -n 3 --dist loadfile -m "faults and long" --reruns 1 $(if $(ARGS),$(ARGS),$(FAULTS))
	$(BIN)/python -m pytest -n 3 --dist loadfile -m "(long or hypothesis) and not faults" \
		--hypothesis-profile=whole --ignore=tests/browser --reruns 1 $(ARGS)

# Every page in a browser, as people use it: half of the time they wait, so three do. What fails on a crowded
# machine is tried once more, and counted.
pages: $(VENV)/.dev chromium
	$(BIN)/python -m pytest -n 3 --dist loadfile -m long --reruns 1 tests/browser $(ARGS)

check: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j2 --output-sync=target types style

types: $(VENV)/.dev
	$(BIN)/mypy .

style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	DEBUG=1 $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -q tests/architecture

bench: $(VENV)/.dev
	$(BIN)/python bench/run.py $(ARGS)

# Released clients against a house of their own: one line for each suite. ARGS="-k codes" runs some.
conformance: $(VENV)/.conformance
	$(BIN)/python -m pytest -c conformance/pytest.ini conformance $(ARGS)

# What is generated of ballast_sdk, from the OpenAPI document. A test says when it is time.
sdk: $(VENV)/.dev
	@mkdir -p .state
	DEBUG=1 $(BIN)/python -W ignore manage.py spectacular --format openapi-json --file .state/openapi.json
	$(BIN)/python -m tools.sdk .state/openapi.json

# The document of metrics from the code, and Grafana's dashboard from its description. Tests say when it is time.
metrics: $(VENV)/.dev
	@mkdir -p .state
	DEBUG=1 $(BIN)/python -W ignore manage.py describe_metrics > .state/metrics.md && mv .state/metrics.md docs/metrics.md
	$(BIN)/python -m tools.grafana

# What the pages are given of others' work, byte for byte from tools/vendor/package-lock.json. Needs Node 20.
vendor:
	@cd tools/vendor && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.mjs

# Restores the latest backup, or one of a demo house where none are kept, to a server that is gone afterwards,
# verifies everything and says how long it took. ARGS='--identity FILE' names the key.
restore-drill: $(VENV)/.runtime
	@$(BIN)/python manage.py restore_drill $(ARGS)

# The rules of Prometheus, from the list of alerts. A test says when it is time.
alerts: $(VENV)/.dev
	DEBUG=1 $(BIN)/python -W ignore manage.py write_alert_rules

# Optional: engine processes run what this makes wherever it belongs to the very sources and Python at hand.
compile: $(VENV)/.dev
	@$(BIN)/python -m exchange.compiled.build

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

$(BIN)/python:
	@PYTHON="$(PYTHON)" .ci/make-venv $(VENV)
	@$(PIP) --no-deps uv==$(UV) 2>/dev/null || echo "uv cannot be had; pip takes its place"

$(VENV)/.runtime: requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing requirements.txt ..."
	@$(call INSTALL,-r requirements.txt)
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt constraints.txt | $(BIN)/python
	@echo "Installing requirements-dev.txt ..."
	@$(call INSTALL,-r requirements-dev.txt)
	@touch $@ $(VENV)/.runtime

$(VENV)/.conformance: conformance/requirements.txt $(VENV)/.dev
	@echo "Installing conformance/requirements.txt ..."
	@$(call INSTALL,-r conformance/requirements.txt)
	@touch $@
