# From nothing but Python 3.11 or later: `make run` starts the server, `make test` checks everything.

VENV := .venv
BIN := $(VENV)/bin
UV := 0.13.9
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url

.PHONY: run test quick mutants lint audit schema privacy released migration soak bench playground screenshots lock

run: $(VENV)/synced-run  ## the server with demonstration data, on http://127.0.0.1:8000
	@DEMO=$${DEMO:-1} exec $(BIN)/python main.py serve

# Compiling its sources is most of a server's start, and tests start many: one place to keep what was compiled.
PYTEST = env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX=$(CURDIR)/$(VENV)/bytecode $(BIN)/python -m pytest

test: $(VENV)/synced-test  ## lint, types, import rules, schema, and the tests on SQLite and PostgreSQL
	$(MAKE) --jobs=2 lint everything

# Beside `lint`, which needs one core for its first minute.
.PHONY: everything
everything: compiled
	$(PYTEST) -n 4 --dist worksteal -m "not soak" $(TESTS)

# What four processes would each compile for themselves is compiled once, while types are checked.
.PHONY: compiled
compiled: $(VENV)/synced-test
	$(PYTEST) --collect-only -q -m "not soak" $(TESTS) > $(VENV)/collected.txt 2>&1 || { tail -n 50 $(VENV)/collected.txt; exit 1; }

quick: $(VENV)/synced-test  ## while working: lint, types, import rules, and the tests that concern what changed, in three minutes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	tests="$(or $(TESTS),$$($(BIN)/python -m tests.changed))" || exit; test -z "$$tests" \
	  || $(PYTEST) -n 2 --dist worksteal -m "not soak and not postgres" $$tests || test $$? = 5  # 5: none is left

mutants: $(VENV)/synced-test  ## small faults in one ROOM, of which its tests must notice nine of ten: docs/mutants.md
	$(BIN)/python -m tests.mutants

lint: $(VENV)/synced-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/deptry . --exclude "\.venv" --ignore DEP002,DEP004
	$(BIN)/python main.py schema --check

audit: $(VENV)/synced-test  ## known vulnerabilities, secrets and licences, of all that is locked; needs the network: docs/audit.md
	$(BIN)/python -m tests.audit

schema: $(VENV)/synced-test  ## write schema/schema.graphql
	$(BIN)/python main.py schema > schema/schema.graphql.new
	mv schema/schema.graphql.new schema/schema.graphql

privacy: $(VENV)/synced-test  ## write the tables of docs/privacy.md, of what the models and settings say
	$(BIN)/python main.py privacy > docs/privacy.md.new
	mv docs/privacy.md.new docs/privacy.md

released: schema  ## keep the SDL as that of the last release: make released RELEASE=0.2.0
	@test -n "$(RELEASE)" || { echo "which release? make released RELEASE=0.2.0"; exit 1; }
	{ echo "# $(RELEASE), $$(date -u +%F): the SDL of the last release. docs/versioning.md says what may become of it."; \
	  cat schema/schema.graphql; } > schema/released.graphql.new
	mv schema/released.graphql.new schema/released.graphql

migration: $(VENV)/synced-test  ## write the next migration, of what the models say: make migration NAME=group_district
	$(BIN)/python -m models.migration_tools.new_migration $(NAME)

soak: $(VENV)/synced-test  ## the tests that take long
	$(PYTEST) -m soak $(TESTS)

bench: $(VENV)/synced-test  ## what the server costs, beside others where PEERS names them; writes benchmarks/README.md
	PEERS="$(PEERS)" $(BIN)/python -m benchmarks $(BENCH)

playground: $(VENV)/synced-test  ## build the page for browsers anew, web/pages/playground/built, from its sources and npm
	$(BIN)/python -m web.pages.playground.build

screenshots: $(VENV)/synced-test  ## take the README's pictures anew; needs chromium
	$(BIN)/python -m tests.web.screenshots

lock: $(VENV)/uv  ## write the locked requirements anew; `make lock COMPILE_FLAGS=--upgrade` takes newer versions
	$(COMPILE) $(COMPILE_FLAGS) pyproject.toml -o requirements.txt
	$(COMPILE) $(COMPILE_FLAGS) --group dev pyproject.toml -o requirements-dev.txt

$(VENV)/uv:
	@for python in $(PYTHONS); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
	    echo "Setting up $(VENV) with $$(command -v $$python)"; \
	    $$python -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV) \
	      && touch $@; exit $$?; \
	  fi; \
	done; \
	echo "Python 3.11 or later is needed: install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1

# What tests need includes what the server needs: after the one, the other is there too.
# Compiled at once, for a server that is ready writes no bytecode of what it imports later.
$(VENV)/synced-run: requirements.txt | $(VENV)/uv
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.txt
	@rm -f $(VENV)/synced-test && touch $@

$(VENV)/synced-test: requirements-dev.txt requirements.txt | $(VENV)/uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $(VENV)/synced-run $@
