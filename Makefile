# Every task of Piitrail. All of them work on a fresh machine and without root.
# They need cargo, a C compiler, make and, for tests and checks, python3. `make tools` installs
# everything else from the public package registries into .tools/, which git ignores.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# arm64 costs a fifth less on Lambda. Use `make build ARCH=x86_64` if a target or a linker is missing.
ARCH  ?= arm64
STACK ?= piitrail
BUS   ?= default

TARGET := $(or $(CARGO_TARGET_DIR),target)
PIITRAIL := $(TARGET)/debug/piitrail

ROOM  := tests/machine_room
TOOLS := .tools
VENV  := $(TOOLS)/venv
# The path contains the version, so that make builds the tool again when the version changes.
DENY  := $(TOOLS)/cargo-deny-0.20.2/bin/cargo-deny
BIN   := $(abspath $(VENV)/bin)
export SAM_CLI_TELEMETRY := 0

say = @printf '\n\033[1m── %s\033[0m\n' "$(1)"
need = @command -v $(1) >/dev/null || { echo "$(1) is missing: $(2)" >&2; exit 1; }

# Steps run and print in order, even with -j.
.NOTPARALLEL:
.PHONY: help demo test test-often check advisories bench cost size start faults accuracy fuzz build deploy tools clean
.PHONY: need-rust need-python format lint docs licences template no-copies

help: ## show this list
	@printf 'Piitrail shows who touched customer data.\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nVariables: ARCH=arm64|x86_64 (build, deploy), STACK=name BUS=name GUIDED=1 (deploy),\n           MISSES=1 CORPORA="--events FILE --webhooks FILE" (accuracy),\n           MINUTES=2 (fuzz)\n'

# ---- the demo -------------------------------------------------------------------------------

demo: need-rust ## trace the sample shop in events/ on this machine, without AWS, and print its map
	$(call say,building piitrail without the AWS SDK)
	cargo build --package piitrail
	@rm -rf .demo && mkdir .demo
	$(call say,reading the template of the shop)
	$(PIITRAIL) topology import events/template.yaml events/overlay.yaml --services events/services.yaml --store .demo/map.sqlite
	$(call say,tracing events/)
	@# Exit code 1 means that a record could not be read. The samples contain one such record.
	$(PIITRAIL) trace events --store .demo/map.sqlite || [ $$? -eq 1 ]
	@$(PIITRAIL) report map --store .demo/map.sqlite --format json --output .demo/map.json
	@$(PIITRAIL) report map --store .demo/map.sqlite --format mermaid --output .demo/map.mmd
	$(call say,the map)
	@$(PIITRAIL) report map --store .demo/map.sqlite
	@printf '\nThe store is .demo/map.sqlite. The map is also in .demo/map.json and .demo/map.mmd.\n'
	@printf 'More options: %s report map --help\n' "$(PIITRAIL)"

# ---- checks and tests -----------------------------------------------------------------------

test: need-rust $(VENV)/.installed ## run every test, including the deployed stack on a local AWS
	$(call say,building the functions as Lambda runs them)
	@# One build for binaries and tests, so that shared dependencies are built once.
	cargo build --workspace --bins --tests --examples --all-features
	$(call say,testing)
	cargo test --workspace --all-features

TIMES ?= 20
test-often: need-rust $(VENV)/.installed ## run the tests TIMES=20 times under load, to find tests that are not deterministic (TEST=name runs one)
	$(call say,building the tests once)
	cargo build --workspace --bins --tests --examples --all-features
	tests/often.sh $(TIMES) "$(TEST)"

check: need-rust format lint docs licences template no-copies ## run what CI runs before the tests: format, lints, docs, licences, template
	$(call say,all checks passed)

format:
	$(call say,format)
	cargo fmt --all --check

lint:
	$(call say,lints)
	cargo clippy --workspace --all-targets --all-features -- -D warnings

# The documentation is for people who work on Piitrail, so it includes private items and links to them.
docs:
	$(call say,documentation)
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --workspace --all-features --no-deps --document-private-items --quiet

licences: $(DENY)
	$(call say,licences and sources of dependencies)
	$(DENY) --log-level error check bans licenses sources

advisories: $(DENY) ## check the dependencies for known vulnerabilities (downloads the RustSec database)
	$(call say,advisories)
	$(DENY) --log-level error check advisories

template: $(VENV)/.installed
	$(call say,template)
	$(BIN)/cfn-lint template.yaml
	AWS_DEFAULT_REGION=eu-west-1 $(BIN)/sam validate --lint --template template.yaml

# The project is developed against data of other people. No file of it may be in this repository.
no-copies:
	@if [ -d ../shared/data ]; then \
	  copied=$$(comm -12 <(find ../shared/data -type f -exec git hash-object {} + | sort) \
	                     <(git ls-files --stage | cut -d' ' -f2 | sort)); \
	  [ -z "$$copied" ] || { echo "files of ../shared/data were copied into the repository: $$copied" >&2; exit 1; }; \
	fi

# The crates are listed one by one, because `--workspace` would build the AWS SDK. Detection comes
# last: programs read the table at the end.
bench: need-rust ## measure the pipeline, event patterns, and detection compared with serde_json (the last lines are a table)
	$(call say,the pipeline: speed and memory of the largest invocation)
	cargo bench --package piitrail-flow --bench invocation
	$(call say,a million events a second, computed)
	cargo bench --package piitrail-flow --bench scale
	$(call say,event patterns)
	cargo bench --package eventbridge-pattern --bench matching
	$(call say,detection compared with serde_json)
	cargo bench --package piitrail-detect --bench throughput

cost: need-rust $(VENV)/.installed ## measure what the store costs in DynamoDB's units (the last lines are the figures)
	$(call say,writing to and reading from a local DynamoDB (takes minutes))
	@mkdir -p $(TARGET)
	@cargo test --workspace --all-features --test all -- --include-ignored --nocapture cost:: \
	  >$(TARGET)/cost.log 2>&1 || { cat $(TARGET)/cost.log >&2; exit 1; }
	@for name in cold-100 steady-100 batch-1000 map-90d-10k-edges; do \
	  grep -oE "cost $$name [0-9.]+" $(TARGET)/cost.log; \
	done

# The deployed build, except that it is for this machine's architecture and keeps its symbols:
# `make start` reads from them which crate each byte belongs to.
RELEASE = CARGO_PROFILE_RELEASE_STRIP=none cargo build --release

size: need-rust need-python ## check the sizes of the functions' zips against their budgets in tests/size.tsv (release build)
	$(call say,building the functions (release))
	@# In one build, as `make build` makes them, because crates of one build share their features.
	$(RELEASE) --bin tracer --bin rollup --bin report -p piitrail-tracer -p piitrail-rollup -p piitrail-report-function
	$(call say,their packages)
	@python3 tests/size.py $(TARGET)/release

start: need-rust $(VENV)/.installed ## measure the tracer's zip and its start time, and show where bytes and time go (release build)
	$(call say,building the tracer (release))
	$(RELEASE) --bin tracer -p piitrail-tracer
	$(call say,starting it 20 times on loopback)
	@cargo test --workspace --all-features --test all -- --ignored --exact --nocapture start::the_tracer_starts \
	  >$(TARGET)/start.log 2>&1 || { cat $(TARGET)/start.log >&2; exit 1; }
	@grep -oE "start [a-z-]+ [0-9.]+" $(TARGET)/start.log
	@python3 tests/size.py $(TARGET)/release --crates tracer

RUNS ?= 10000
faults: need-rust ## run RUNS=10000 scenarios of crashes, throttling and lost answers on each kind of store
	$(call say,$(RUNS) scenarios on the memory, SQLite and DynamoDB stores)
	PIITRAIL_FAULT_RUNS=$(RUNS) cargo test --workspace --all-features --lib -- whatever_fails

accuracy: need-rust ## score detection on labelled and judged corpora, compared with other tools (MISSES=1 lists missed findings)
	cargo run --quiet --profile bench --package piitrail-detect --example accuracy -- $(if $(MISSES),--misses) $(CORPORA)

# A crate's fuzz targets are the files in its fuzz/fuzz_targets. Inputs that failed before are kept,
# minimised, in fuzz/regressions/TARGET. Each run begins with them.
FUZZED := shared/detect shared/flow shared/eventbridge-pattern shared/template functions/cli
fuzz: need-rust ## fuzz detection, envelopes, event patterns, templates and the command line's input for MINUTES=2 each (needs cargo-fuzz and a nightly compiler)
	@cargo +nightly fuzz --version >/dev/null 2>&1 || { echo "cargo-fuzz is missing: rustup toolchain install nightly; cargo install cargo-fuzz" >&2; exit 1; }
	@for crate in $(FUZZED); do for file in $$crate/fuzz/fuzz_targets/*.rs; do \
	  target=$$(basename $$file .rs); \
	  printf '\n\033[1m── fuzzing %s: %s\033[0m\n' "$$crate" "$$target"; \
	  ( cd $$crate && mkdir -p fuzz/corpus/$$target fuzz/regressions/$$target && \
	    cargo +nightly fuzz run $$target fuzz/corpus/$$target fuzz/regressions/$$target -- \
	      -max_total_time=$$((60 * $(or $(MINUTES),2))) -max_len=4096 ) || exit 1; \
	  find $$crate/fuzz/regressions -type d -empty -delete; \
	done; done

# ---- building and deploying -----------------------------------------------------------------

build: need-rust $(VENV)/.build-installed ## build the Lambda functions for AWS (release build, for ARCH)
	$(call say,building for $(ARCH))
	PATH="$(BIN):$$PATH" cargo lambda build --release --$(subst x86_64,x86-64,$(ARCH)) --lambda-dir target/lambda --bin tracer --bin report --bin rollup
	@ls -l target/lambda/*/bootstrap

deploy: build ## build, then deploy the stack into your AWS account
	$(call say,deploying $(STACK) on the bus $(BUS))
	$(BIN)/sam deploy --template-file template.yaml --stack-name "$(STACK)" --resolve-s3 \
	  --capabilities CAPABILITY_IAM $(if $(GUIDED),--guided) \
	  --parameter-overrides "Architecture=$(ARCH)" "EventBusName=$(BUS)"

# ---- tools ----------------------------------------------------------------------------------

tools: $(VENV)/.installed $(DENY) ## install the tools for tests and checks into .tools/ (only when they change)

$(VENV)/.installed: $(ROOM)/requirements.txt | need-python
	$(call say,installing tools into $(VENV))
	@rm -rf $(VENV)
	@python3 -m venv $(VENV) || { echo "python3 cannot make a virtual environment: install its venv module (Debian: python3-venv)" >&2; exit 1; }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-compile -r $(ROOM)/requirements.txt
	@touch $@

$(VENV)/.build-installed: $(ROOM)/requirements-build.txt $(VENV)/.installed
	$(call say,installing the cross-compiler into $(VENV))
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-compile -r $(ROOM)/requirements-build.txt
	@touch $@

# Built without optimisation, because it runs for a second only and takes long to build.
$(DENY): | need-rust
	$(call say,building cargo-deny into $(TOOLS) (two minutes; once))
	@cargo install cargo-deny --version 0.20.2 --locked --debug --quiet \
	  --root $(TOOLS)/cargo-deny-0.20.2 --target-dir $(TOOLS)/cargo-deny-build
	@rm -rf $(TOOLS)/cargo-deny-build

need-rust:
	$(call need,cargo,install Rust with rustup (https://rustup.rs))
	$(call need,cc,install a C compiler (Debian: gcc, macOS: xcode-select --install))

need-python:
	$(call need,python3,install Python 3.10 or newer)
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "python3 is too old: install Python 3.10 or newer" >&2; exit 1; }

clean: ## remove builds, the demo's files and the tools
	cargo clean
	rm -rf $(TOOLS) .demo
