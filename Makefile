# Everything runs in .venv, which is made on first use and again only when a lock file or pyproject.toml changes.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools

# Tests start hundreds of Pythons: without bytecode each would compile all modules, and pytest rewrite all assertions.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: benchmark kills restarts changes soak chat serve meaning test coverage test-cluster cluster scale check format picture settings traditional lock clean help attacks sanitize
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */make \1\t/' | expand -t 16

chat: $(READY)  ## talk to the documents in the terminal
	@$(BIN)/python -m bot chat
	@echo "Next: .venv/bin/yuanju chat --documents FOLDER, or in Telegram: make serve · 接下来：用自己的文件夹，或放进 Telegram" >&2

serve: $(READY)  ## run the Telegram bot (needs YUANJU_TELEGRAM_TOKEN)
	@$(BIN)/python -m bot serve

test: $(TOOLS)  ## run the tests but those of attacks and the cluster (QUICK=1: none that start processes or take more than a second, few random examples)
	@$(BIN)/python -m pytest -m "not cluster and not attack$(if $(QUICK), and not slow)" $(if $(QUICK),--hypothesis-profile quick)

attacks: $(TOOLS)  ## run the tests of what strangers and crashes try
	@$(BIN)/python -m pytest -m "attack and not cluster"

sanitize: $(TOOLS)  ## run the tests of the C code under AddressSanitizer and UndefinedBehaviorSanitizer, damaged arrays included
	@rm -rf .sanitized && mkdir .sanitized && git ls-files -z | xargs -0 cp --parents --target-directory .sanitized
	@cd .sanitized && CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -g -O1" \
		$(CURDIR)/$(BIN)/python setup.py --quiet build_ext --inplace
	@cd .sanitized && LD_PRELOAD="$$(cc -print-file-name=libasan.so) $$(cc -print-file-name=libubsan.so)" ASAN_OPTIONS=detect_leaks=0 \
		$(CURDIR)/$(BIN)/python -m pytest --numprocesses 0 tests/test_bm25.py tests/test_segments.py tests/test_engine.py tests/test_measures.py tests/test_dictionary.py tests/reading/test_finding.py

coverage: $(TOOLS)  ## run the tests and list the lines that none of them ran (what runs in a process that a test starts is not seen)
	@$(BIN)/python -m pytest --cov --cov-report=term --cov-report=html:.coverage-html

test-cluster: $(TOOLS)  ## run the tests that need a cluster, on three nodes of OpenSearch (needs Java 17 and Maven)
	@$(BIN)/python -m pytest -m cluster --numprocesses 0

cluster: $(TOOLS)  ## start three nodes of OpenSearch on loopback, and keep them until Ctrl-C (needs Java 17 and Maven)
	@$(BIN)/python -m testbed.nodes

meaning: $(READY)  ## fetch the encoder for YUANJU_MEANING into .meaning (needs Maven)
	@$(BIN)/python -m testbed.model
	@$(PIP) --no-build-isolation --editable '.[meaning]'

scale: $(TOOLS)  ## measure bulk and questions on three nodes (PARAGRAPHS=100000)
	@$(BIN)/python -m benchmarks.scale $(if $(PARAGRAPHS),--paragraphs $(PARAGRAPHS))

check: $(TOOLS)  ## linters, type checker, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

format: $(TOOLS)  ## format the code, mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

COMPILED := pyproject.toml setup.py $(wildcard retrieval/*/*.c retrieval/*/*.h)
comma := ,
EXTRAS ?= office
$(READY): locks/build.txt locks/core.txt $(COMPILED)
	@test -n "$(PYTHON)" || { echo "Yuanju needs Python 3.11 or newer: install it, or say where it is: make PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version), once:" >&2
	@$(PYTHON) -m venv --clear $(VENV) || { echo "python3 -m venv failed: on Debian and Ubuntu, apt install python3-venv" >&2; exit 2; }
	@echo "1/3 what builds (setuptools) ..." >&2
	@$(PIP) --require-hashes -r locks/build.txt
	@echo "2/3 what it stands on (NumPy, jieba, python-telegram-bot and others, about 60 MB) ..." >&2
	@$(PIP) --require-hashes --no-build-isolation --use-pep517 -r locks/core.txt $(foreach extra,$(subst $(comma), ,$(EXTRAS)),-r locks/$(extra).txt)
	@echo "3/3 Yuanju itself (compiles its search) ..." >&2
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): $(READY) locks/dev.txt
	@echo "Adding the tools for tests and checks (once) ..." >&2
	@$(PIP) --require-hashes --no-build-isolation --use-pep517 -r locks/dev.txt
	@touch $@

picture: $(READY)  ## hold the conversations that README and docs/replies.md show, and draw them
	@$(BIN)/python -m docs.replies

settings: $(READY)  ## write what bot/settings.toml says into docs/settings.md and .env.example
	@$(BIN)/python docs/settings.py

traditional: $(READY)  ## write down what OpenCC knows: sentences in traditional characters, simplified characters
	@$(BIN)/python -m docs.traditional

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
benchmark: $(TOOLS) .venv-bench/.ready  ## measure search engines side by side, for the tables and the plot in docs (SIZES="12 10000": not all)
	@$(BIN)/python -m benchmarks.starting
	@.venv-bench/bin/python benchmarks/engines.py $(if $(SIZES),--sizes $(SIZES))

.venv-bench/.ready: pyproject.toml
	@$(PYTHON) -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --upgrade pip
	@.venv-bench/bin/python -m pip install --quiet --editable . --group bench
	@touch $@

kills: $(READY)  ## kill builders of an index a thousand times
	@$(BIN)/python -m benchmarks.kills 1000

changes: $(READY)  ## change one document of 100,000, and wait for it to be found
	@$(BIN)/python -m benchmarks.changes 100000

restarts: $(TOOLS)  ## kill the bot two hundred times while people ask
	@$(BIN)/python -m benchmarks.restarts 200

soak: $(TOOLS)  ## serve under load while documents change (SECONDS=3600): memory, slowest answers, losses
	@$(BIN)/python -m benchmarks.soak $(SECONDS)

# Each extra of pyproject.toml has a file of its own, with what it adds to locks/core.txt.
lock: $(READY)  ## bring the lock files up to date with pyproject.toml
	@$(PIP) uv
	@$(LOCK) --group build --output-file locks/build.txt
	@$(LOCK) --all-extras --group dev pyproject.toml --output-file locks/dev.txt
	@$(LOCK) pyproject.toml --constraints locks/dev.txt --output-file locks/core.txt
	@core=$$(sed -nE 's/^([a-z0-9._-]+)==.*/--no-emit-package \1/p' locks/core.txt); for extra in $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"])'); do \
		$(LOCK) --extra $$extra pyproject.toml --constraints locks/dev.txt $$core --output-file locks/$$extra.txt || exit; done

clean:  ## remove what make and the tests made
	rm -rf $(VENV) .venv-bench .sanitized .cluster .coverage .coverage-html .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info build retrieval/*/*.so
