# The commands of this project. The real work is in Python: web/toolchain, web/build.py, web/dataplane, tests.

PORT ?= 8000
ONCE ?=
FORWARD ?=

# Any Python 3 that starts (a version manager's launcher may not); web/toolchain finds or brings 3.13 from there.
PYTHON = $(or $(firstword $(foreach python,python3 python3.13 /usr/bin/python3,\
	$(shell $(python) -c "print('$(python)')" 2>/dev/null))),$(error Python 3.13 is missing))
BIN = .venv/bin

# Tests start Python some hundred times: without bytecode each start compiles all that it imports, for seconds.
unexport PYTHONDONTWRITEBYTECODE

# Per cent of the branches in web/src that tests/page must take.
BRANCHES = 95
PAGE_TESTS = $(wildcard tests/page/*.test.js)
# Pages by dice take longest, and counting what they cover as long again.
BY_DICE = tests/page/fuzz.test.js
NODE_TEST = node --test --test-concurrency 3 --test-timeout 600000 --test-reporter ./tests/page/report.mjs
COVERED = web/node_modules/.bin/c8 --all --src web/src --include 'web/src/**/*.js' --temp-directory build/coverage \
	--reporter text --skip-full --check-coverage --branches $(BRANCHES) --lines 0 --functions 0 --statements 0

.PHONY: demo test test-engines test-hosts build hot docs release bench fuzz soak setup browser engines format clean
.NOTPARALLEL:

demo: $(if $(ONCE),browser,setup)
	@$(BIN)/python web/build.py --quiet
# exec: Ctrl-C would end a shell in between too, and make would call that an error.
	@PYTHONPATH=web exec $(BIN)/python -m dataplane --port $(PORT) $(if $(ONCE),--once,--open) $(if $(FORWARD),--forward '$(FORWARD)')

test: browser
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy & types=$$!; web/node_modules/.bin/tsc --project web && $(BIN)/python web/build.py --quiet && wait $$types
	@$(if $(PAGE_TESTS),$(NODE_TEST) $(BY_DICE) & dice=$$!; $(COVERED) $(NODE_TEST) $(filter-out $(BY_DICE),$(PAGE_TESTS)); \
		covered=$$?; wait $$dice && exit $$covered)
# A page waits as often as it works: three processes, a file each at a time, keep two cores busy.
# Chromium only: what Firefox and WebKitGTK do is asked by test-engines.
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder --ignore tests/browser/engines \
		-m 'not thorough and not hosts'

# Every case in Chromium, Firefox and WebKitGTK, and the table of docs/engines.md from what they did.
test-engines: engines
	@$(BIN)/python web/build.py --quiet
	@$(BIN)/python -m pytest tests/browser/engines --numprocesses 3 --dist loadfile --engines-table docs/engines.md

# The places where people run Python in a browser, each started as its users do, and the table of docs/hosts.md from what
# they did; Pyodide beside old and loud libraries.
test-hosts: browser
	@$(BIN)/python web/build.py --quiet
	@$(BIN)/python -m pytest tests/hosts tests/browser/hosts --numprocesses 3 --dist loadfile --hosts-table docs/hosts.md

build: setup
	@$(BIN)/python web/build.py

# The list of MicroPython's functions that the core needs, anew: where MicroPython is another one, or `make test` asks for it.
hot: browser
	@PYTHONPATH=.:sdk:web:tests $(BIN)/python -m tests.hot

# All that is published of a version: dist/release/.
release: setup
	@$(BIN)/python web/release.py

# The documentation: build/docs, which the local data plane serves at /docs.
docs: setup
# The variable: no advertisement of another program.
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
# Its addresses begin at a host's root, and the site may be anywhere.
	@rm build/docs/404.html

# Beside the official SDK and plain Pyodide. QUICK=1: that in short. AGAINST=<git ref>: beside the build of that commit. FIELD=1:
# beside other analytics SDKs. ENGINES=1: visits in Chromium, Firefox and WebKitGTK. SCALE=1: what much of everything costs.
# LEAVING=1: what arrives of pages that are left, and what again; with ENGINES=1: what each engine carries of them. ARGUMENTS=1:
# how long one call keeps its caller, whatever it is given. WORKERS=1: what the call of a worker costs its page. ROUNDS,
# SECONDS: bounds. DOCUMENT=1 writes docs/performance.md.
bench: $(if $(ENGINES),engines,browser)
	@$(BIN)/python web/build.py --quiet
	@PYTHONPATH=sdk:web:tests $(BIN)/python -m bench $(if $(AGAINST),--against '$(AGAINST)') $(if $(FIELD),--field) $(if $(QUICK),--quick) \
		$(if $(SCALE),--scale) $(if $(LEAVING),--leaving) $(if $(ENGINES),--engines) $(if $(ARGUMENTS),--arguments) $(if $(WORKERS),--workers) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(DOCUMENT),--document)

# Odd inputs, seeds printed; SECONDS_EACH bounds each part, PARTS="--part gateway --seed 7 --case 12" brings one back.
fuzz: setup
	@PYTHONPATH=sdk:web:tests $(BIN)/python -m fuzz --seconds $(or $(SECONDS_EACH),60) $(PARTS)

# What takes long: kill -9 in the middle of messages, traffic through faults. An hour: SECONDS_EACH=1800.
soak: setup
	@PYTHONPATH=sdk:web:tests $(BIN)/python -m fuzz --soak --seconds $(or $(SECONDS_EACH),300) $(PARTS)

setup:
	@PYTHONPATH=web $(PYTHON) -m toolchain

browser:
	@PYTHONPATH=web $(PYTHON) -m toolchain browser

engines:
	@PYTHONPATH=web $(PYTHON) -m toolchain engines

format: setup
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

# What was built; the installed tools stay.
clean:
	@rm -rf build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
