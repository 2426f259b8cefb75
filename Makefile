# Verbs of the house. Each is the only command needed on a fresh clone: what is missing is made first.
# make demo HOST=0.0.0.0 PORT=8080 · make test ARGS="-k intake"

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Debian's own where it is there: others are often built without its optimisations, and take a fifth more time.
PYTHON ?= $(shell for p in /usr/bin/python3.11 python3; do \
  $$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; echo $$p)
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=
# Tests at once, whole files to a worker; no more than four, each has a server of its own. One more than there are cores was tried: slower.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n > 4 ? 4 : n)))

# Every process of a run reads what the first one compiled: some hundreds start, each a third of a second sooner.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
CATALOGUES := $(wildcard src/xiuhua/locale/*/LC_MESSAGES/*.po)
TRANSLATIONS := $(CATALOGUES:.po=.mo)

.PHONY: check-types check-told help setup system demo serve test test-system test-fast test-long check bench bench-nation messages pages screens

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: build/system.stamp $(VENV)/.stamp node_modules/.stamp $(TRANSLATIONS) ## everything that the other verbs need

# System packages only where we may (root on Debian); elsewhere what is missing is named and we go on.
system: build/system.stamp
build/system.stamp: .ci/packages
	@mkdir -p build
	.ci/packages
	@touch $@

# The lists name everything, with its hash: nothing is left to resolve (in CI `pip check` holds it), what is imported is compiled
# then, and as each package stands in one half only, both are brought side by side, on a core each.
LOCKED := requirements/dev.txt requirements/linkage.txt
$(VENV)/.stamp: $(LOCKED) pyproject.toml | build/system.stamp
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 以上：make PYTHON=python3.11 … / Python 3.11 or later is needed" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@awk -F '[= ]+' '/^[^ #]/ { new = !($$1 in had); if (!new && had[$$1] != $$2) { print $$1 " in two versions"; exit 1 } had[$$1] = $$2; n += new } \
	  new { print > ("build/locked-" n % 2 ".txt") }' $(LOCKED)
	$(PIP) install --no-compile --no-deps --require-hashes -r build/locked-0.txt & half=$$!; trap 'kill $$half' INT TERM; bad=0; \
	  $(PIP) install --no-compile --no-deps --require-hashes -r build/locked-1.txt || bad=1; wait $$half || bad=1; exit $$bad
	$(PIP) install --no-compile --no-deps --no-build-isolation -e .
	$(PIP) check || [ -z "$${CI:-}" ]
	@touch $@

# npm of the machine, or of a wheel in an environment of its own where there is none.
node_modules/.stamp: package.json package-lock.json requirements/node.txt | build/system.stamp
	@if ! command -v npm >/dev/null || ! command -v node >/dev/null; then \
	  test -x build/node/bin/npm || { $(PYTHON) -m venv build/node && \
	    build/node/bin/pip --disable-pip-version-check --quiet install --require-hashes -r requirements/node.txt; }; \
	  export PATH="$$PWD/build/node/bin:$$PATH"; \
	fi; \
	echo "npm ci"; npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

%.mo: %.po | $(VENV)/.stamp
	$(BIN)/python -m xiuhua.config.messages compile
	@touch $@

demo: setup ## a county comes alive and is served
	$(BIN)/xiuhua demo --host $(HOST) --port $(PORT) $(ARGS)

serve: setup ## the product, without anything invented
	$(BIN)/xiuhua serve --host $(HOST) --port $(PORT) $(ARGS)

# Side by side: browsers and then the second server in one lane, all else on a worker a core. Browsers wait more than they
# work, so that the lanes share the cores well. Files go out in the order of tests/conftest.py, the longest first. What the
# first lane says is shown when it is through.
test: setup ## all tests but the long ones, the guards of the database also on the system's PostgreSQL
	@mkdir -p build; log=build/browsers.log; \
	none() { [ $$1 -eq 0 ] || { [ $$1 -eq 5 ] && [ -n "$(ARGS)" ]; }; }; \
	( r=0; $(BIN)/pytest -m "browser and not long" $(or $(ARGS),tests/browser) || r=$$?; none $$r && $(MAKE) --no-print-directory test-system ) >$$log 2>&1 & half=$$!; \
	trap 'kill $$half 2>/dev/null || true' INT TERM; \
	bad=0; r=0; $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not browser and not long" $(ARGS) || r=$$?; none $$r || bad=1; \
	wait $$half || bad=1; \
	cat $$log; exit $$bad

# The server of the distribution may be older than ours: our own SQL (triggers, policies, functions, searches) must hold there
# too. Every test that tries raw SQL by its name, the sequences of tries, two sessions at once, areas, searches and a course of each
# kind run on both: when these were chosen (2026-11-28) they called every function that all fast tests of these rooms call. What
# asks the same guards once more by services and pages runs on our own server alone: twice it would take the build over its half
# hour. `make test-long` gives all but what is long itself their second pass. New SQL of our own: see that a file below calls it.
OLDER_FILES := $(patsubst %,tests/%.py,architecture/test_protection rights/test_in_the_database freezes/test_figures notices/test_sheets findings/test_look_again \
  $(addprefix places/test_,scope changes everything_goes_along) $(addprefix registry/test_,contract search tallies) $(addprefix decisions/test_,a_township_is_asked \
  adjustment corrected_to_another_county each_kind kin nobody_decides_their_own places_leave plans procedures_cannot_be_broken proceedings_by_raw_sql \
  search_of_the_register two_at_once) $(addprefix relapse/test_,a_household_divides a_no_is_told an_appeal_goes_on clues_and_plans_cannot_be_broken clues_end \
  others_judge_after_a_no))
RAW_SQL = $(shell grep -rnE '^def test_[a-z_]*raw_sql' tests --include=*.py | sed -E 's/:[0-9]+:def ([a-z_]+).*/::\1/')
OLDER_SERVER = $(OLDER_FILES) $(filter-out $(addsuffix ::%,$(OLDER_FILES)),$(RAW_SQL))
SECOND_PASS := database and not slow and not long and not browser
test-system: setup ## the tests of the database on the system's PostgreSQL
	@if [ -n "$${CI:-}" ] || $(BIN)/python -c 'from xiuhua.runtime.testing import system_binaries as s; s()' 2>/dev/null; then \
	  echo "database tests on the system's PostgreSQL"; \
	  r=0; XIUHUA_TEST_SERVER=system $(BIN)/pytest -m "$(SECOND_PASS)" $(or $(ARGS),$(OLDER_SERVER)) || r=$$?; \
	  [ $$r -eq 0 ] || { [ $$r -eq 5 ] && [ -n "$(ARGS)" ]; }; \
	else \
	  echo "系统没有 PostgreSQL 15+，第二遍数据库测试略过 / no PostgreSQL 15+ of the system: second run of the database tests left out"; \
	fi

test-fast: setup ## what a developer runs while writing
	$(BIN)/pytest -m "not slow and not long and not browser" $(ARGS)

test-long: setup ## minutes to hours: what is long, and every test of the database on the system's PostgreSQL
	r=0; $(BIN)/pytest -m long --timeout 7200 $(ARGS) || r=$$?; [ $$r -eq 0 ] || { [ $$r -eq 5 ] && [ -n "$(ARGS)" ]; }
	$(MAKE) --no-print-directory test-system OLDER_SERVER= SECOND_PASS="database and not long and not browser"

check: setup ## format, lint, types, layers, missing migrations and translations, stale pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j2 check-types check-told

# Side by side: the types take as long as all else.
check-types:
	$(BIN)/mypy
check-told:
	$(BIN)/lint-imports
	$(BIN)/xiuhua manage makemigrations --check --dry-run
	$(BIN)/python -m xiuhua.config.messages check
	$(BIN)/python -m xiuhua.config.pages check

screens: setup ## pictures of the READMEs, taken from the running product
	XIUHUA_SCREENS=docs/screens $(BIN)/pytest tests/browser/test_every_page.py -k pictures

bench: setup ## times, as ratios taken in one run
	$(BIN)/python -m bench $(ARGS)

bench-nation: setup ## the long half of the table: pages at a million households, a nation of 30 million made, tallied, drawn
	$(BIN)/python -m bench million nation --write $(ARGS)

messages: setup ## bring the catalogue of translations up to date with the sources
	$(BIN)/python -m xiuhua.config.messages update

pages: setup ## write GLOSSARY.md and RULES.md anew from the code
	$(BIN)/python -m xiuhua.config.pages update
