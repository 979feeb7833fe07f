# The two commands are `make run` and `make test`; CONTRIBUTING.md explains the others.
SHELL := /bin/bash
.DEFAULT_GOAL := help
RELEASE := -c release --static-swift-stdlib -Xswiftc -gnone
BIN ?= $$(swift build $(RELEASE) --show-bin-path)
PORT_BASE ?= 7100
DATA ?= .chengyun

.PHONY: help setup release assets run test unit scenario bench generate format lint browser screenshots clean

help:            ## this list
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 12

setup:           ## install what is missing (Debian 12, root or sudo)
	@.ci/setup

release: setup   ## build the executables for use
	swift build $(RELEASE)

assets:          ## fetch the console's third-party assets (pinned hashes)
	@.ci/assets >/dev/null

run: release assets   ## build, start a node, run the bundled city through it; ONCE=1 ends after that; ARGS=--sensors adds road sensors
	exec $(BIN)/chengyun demo --data $(DATA) --port-base $(PORT_BASE) $(if $(filter 1,$(ONCE)),--once) $(ARGS)

test: unit scenario   ## every test

unit:            ## Swift tests, against real PostgreSQL and real gRPC peers
	@.ci/setup tests
	@.ci/venv >/dev/null
	@.ci/assets --tests >/dev/null
	swift build --build-tests $(SWIFT_FLAGS)
	swift test --skip-build $(SWIFT_FLAGS)

scenario:        ## end to end, interoperability, the console in headless Chromium: real processes, real peers, in Python
	@.ci/setup tests
	@.ci/assets --tests >/dev/null
	swift build $(SWIFT_FLAGS)
	CHENGYUN_BIN="$$(swift build --show-bin-path)" "$$(.ci/venv)/bin/python" -m pytest -q --durations=12 -p no:cacheprovider Tests/EndToEnd Tests/Interop Tests/Browser

bench: release   ## print BENCH lines (quiet machine)
	@.ci/setup tests
	@.ci/assets --tests >/dev/null
	CHENGYUN_BIN="$(BIN)" "$$(.ci/venv)/bin/python" Tests/Benchmarks/run.py

generate:        ## make Shared/API from proto/
	@.ci/setup tests
	proto/generate

format:          ## swift-format, in place
	swift format --in-place --parallel --recursive Package.swift Services Shared Tests

lint:            ## swift-format, check only
	swift format lint --strict --parallel --recursive Package.swift Services Shared Tests

clean:           ## remove build products and the node's data, also a cluster that had to live elsewhere; not while the node runs
	@for chengyun in .build/release/chengyun .build/debug/chengyun; do \
	  if [[ -x $$chengyun ]]; then $$chengyun clean --data $(DATA) --yes || exit 1; break; fi; \
	done
	rm -rf .build .chengyun

browser:         ## of `scenario`, what concerns the console: its pages in headless Chromium, security, accessibility
	@.ci/setup tests
	@.ci/assets --tests >/dev/null
	swift build $(SWIFT_FLAGS)
	CHENGYUN_BIN="$$(swift build --show-bin-path)" "$$(.ci/venv)/bin/python" -m pytest -q --durations=12 -p no:cacheprovider Tests/Browser

screenshots:     ## take the pictures in docs/screenshots anew (some minutes)
	@.ci/setup tests
	@.ci/assets --tests >/dev/null
	swift build $(SWIFT_FLAGS)
	CHENGYUN_BIN="$$(swift build --show-bin-path)" "$$(.ci/venv)/bin/python" Tests/Browser/screenshots.py
