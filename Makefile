# Everything one does with Forewatch from outside. Each target sets up what it needs first (scripts/setup.sh)
# and does nothing twice. The target directory is ./target, or CARGO_TARGET_DIR where that is set.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
export CARGO_TARGET_DIR := $(TARGET)

# The toolchain that the set-up found or made; before every cargo call.
TOOLS := . "$(TARGET)/toolchain.env" &&

# All crates but those for the browser, which have the same dashboard with other features.
NATIVE := --workspace --exclude frontend --exclude bench-charts

# What is released. Its libraries need no dashboard, so they are compiled beside it; the programs take it in.
RELEASE := cargo build --release --package forewatch-server --features embed --package forewatch-agent

# Tests at once: most wait for a server, a broker or a clock most of their time.
AT_ONCE := 8

# Arguments for `forewatch serve`, as in: make run ARGS="--celery redis://127.0.0.1:6379/0"
ARGS ?=

.PHONY: help run build dev test lint test-native test-browser test-end2end fmt bench clean

help:
	@echo "make run            build and serve the dashboard with this host as its first worker (ARGS=… for more)"
	@echo "make build          release binaries: target/release/forewatch (dashboard inside) and forewatch-agent"
	@echo "make dev            serve a debug build, rebuilt and restarted whenever a file changes"
	@echo "make test           every check there is"
	@echo "make lint           formatting and lints, for the server and for the browser"
	@echo "make fmt            format the code"
	@echo "make bench          measure Forewatch on this machine"
	@echo "make clean          remove what was built"

run: build
	exec "$(TARGET)/release/forewatch" serve --local-agent $(ARGS)

build:
	@scripts/setup.sh run
	$(TOOLS) { $(RELEASE) --lib & native=$$!; node scripts/site.mjs release || { kill $$native; exit 1; }; wait $$native; }
	$(TOOLS) FOREWATCH_SITE="$(TARGET)/site" $(RELEASE) --bins

dev:
	@scripts/setup.sh run
	$(TOOLS) exec node scripts/dev.mjs $(ARGS)

# The dashboard is compiled beside the rest, and used at the end: each leaves the other a core much of the time.
test:
	@scripts/setup.sh test
	$(TOOLS) { node scripts/site.mjs release & site=$$!; \
		$(MAKE) --no-print-directory lint && cargo test $(NATIVE) --no-run || { kill $$site; exit 1; }; wait $$site; }
	@$(MAKE) --no-print-directory test-native test-browser test-end2end
	@echo "All checks passed."

# The server's side and the browser's side of the dashboard are the same crate with different features:
# they never meet in one cargo call.
lint:
	@scripts/setup.sh test
	$(TOOLS) cargo fmt --all --check
	$(TOOLS) FOREWATCH_SITE="$(CURDIR)/public" \
		cargo clippy $(NATIVE) --all-targets --features forewatch-server/embed,forewatch-server/bench -- -D warnings
	$(TOOLS) cargo clippy --package frontend --package bench-charts --all-targets --target wasm32-unknown-unknown -- -D warnings

test-native:
	@scripts/setup.sh test
	$(TOOLS) cargo test $(NATIVE) -- --test-threads=$(AT_ONCE)

test-browser:
	@scripts/setup.sh test
	$(TOOLS) scripts/test-browser.sh

test-end2end:
	@scripts/setup.sh test
	$(TOOLS) node scripts/site.mjs release
	$(TOOLS) cargo test $(NATIVE) --no-run
	$(TOOLS) cd end2end && npx playwright test

fmt:
	@scripts/setup.sh test
	$(TOOLS) cargo fmt --all

bench:
	@scripts/setup.sh bench
	@$(MAKE) --no-print-directory build
	$(TOOLS) cargo build --release --package forewatch-server --features embed,bench \
		--example full_store --example check_store --example evaluate_rules
	$(TOOLS) node bench/charts/build.mjs
	$(TOOLS) bench/run

clean:
	rm -rf "$(TARGET)" {end2end,bench,scripts/site}/node_modules end2end/test-results
