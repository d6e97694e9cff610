# Everything a person does with Piitrail, on a fresh machine and without root.
# Needs cargo, a C compiler, make and, for tests and checks, python3; `make tools` brings the rest
# from the package registries into .tools/, which git ignores.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# arm64 costs a fifth less on Lambda; `make build ARCH=x86_64` where a target or a linker is missing.
ARCH  ?= arm64
STACK ?= piitrail
BUS   ?= default

TARGET := $(or $(CARGO_TARGET_DIR),target)
PIITRAIL := $(TARGET)/debug/piitrail

ROOM  := tests/machine_room
TOOLS := .tools
VENV  := $(TOOLS)/venv
# The version is in the name: another version is another file to make.
DENY  := $(TOOLS)/cargo-deny-0.20.2/bin/cargo-deny
BIN   := $(abspath $(VENV)/bin)
export SAM_CLI_TELEMETRY := 0

say = @printf '\n\033[1m── %s\033[0m\n' "$(1)"
need = @command -v $(1) >/dev/null || { echo "$(1) is missing: $(2)" >&2; exit 1; }

# Steps print as they go, in their order, whatever -j says.
.NOTPARALLEL:
.PHONY: help demo test test-often check advisories bench cost size start faults accuracy fuzz build deploy tools clean
.PHONY: need-rust need-python format lint docs licences template no-copies

help: ## show this
	@printf 'Piitrail: who touched customer data.\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nVariables: ARCH=arm64|x86_64 (build, deploy), STACK=name BUS=name GUIDED=1 (deploy),\n           MISSES=1 CORPORA="--events FILE --webhooks FILE" (accuracy),\n           MINUTES=2 (fuzz)\n'

# ---- the demo -------------------------------------------------------------------------------

demo: need-rust ## trace the sample shop in events/ on this machine, no AWS, and show its map
	$(call say,building piitrail without the AWS SDK)
	cargo build --package piitrail
	@rm -rf .demo && mkdir .demo
	$(call say,tracing events/)
	$(PIITRAIL) topology import events/topology.yaml --store .demo/map.sqlite
	@# Exit code 1 says that a record could not be read: the samples hold one such, to show it.
	$(PIITRAIL) trace events --store .demo/map.sqlite || [ $$? -eq 1 ]
	@$(PIITRAIL) report map --store .demo/map.sqlite --format json --output .demo/map.json
	@$(PIITRAIL) report map --store .demo/map.sqlite --format mermaid --output .demo/map.mmd
	$(call say,the map)
	@$(PIITRAIL) report map --store .demo/map.sqlite
	@printf '\nThe store is .demo/map.sqlite; the map is also in .demo/map.json and .demo/map.mmd.\n'
	@printf 'Ask more of it: %s report map --store .demo/map.sqlite --help\n' "$(PIITRAIL)"

# ---- checks and tests -----------------------------------------------------------------------

test: need-rust $(VENV)/.installed ## run every test, the deployed stack on a local AWS included
	$(call say,building the functions as Lambda runs them)
	@# With the tests, so that what they share is built once.
	cargo build --workspace --bins --tests --examples --all-features
	$(call say,testing)
	cargo test --workspace --all-features

TIMES ?= 20
test-often: need-rust $(VENV)/.installed ## run the built tests TIMES=20 times under load (TEST=name for one), to find what is not deterministic
	$(call say,building the tests once)
	cargo build --workspace --bins --tests --examples --all-features
	tests/often.sh $(TIMES) "$(TEST)"

check: need-rust format lint docs licences template no-copies ## what CI runs before the tests: format, lints, docs, licences, template
	$(call say,all checks passed)

format:
	$(call say,format)
	cargo fmt --all --check

lint:
	$(call say,lints)
	cargo clippy --workspace --all-targets --all-features -- -D warnings

# The documentation is for those who work on it: private items are in it, and may be linked to.
docs:
	$(call say,documentation)
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --workspace --all-features --no-deps --document-private-items --quiet

licences: $(DENY)
	$(call say,licences and sources of dependencies)
	$(DENY) --log-level error check bans licenses sources

advisories: $(DENY) ## look for known vulnerabilities in the dependencies (fetches the RustSec database)
	$(call say,advisories)
	$(DENY) --log-level error check advisories

template: $(VENV)/.installed
	$(call say,template)
	$(BIN)/cfn-lint template.yaml
	AWS_DEFAULT_REGION=eu-west-1 $(BIN)/sam validate --lint --template template.yaml

# The data the project is developed against is other people's: it is read where it lies.
no-copies:
	@if [ -d ../shared/data ]; then \
	  copied=$$(comm -12 <(find ../shared/data -type f -exec git hash-object {} + | sort) \
	                     <(git ls-files --stage | cut -d' ' -f2 | sort)); \
	  [ -z "$$copied" ] || { echo "files of ../shared/data were copied into the repository: $$copied" >&2; exit 1; }; \
	fi

# Named one by one: `--workspace` would build the AWS SDK. Detection comes last, its table is what a
# program reads.
bench: need-rust ## measure: the way of a record, the patterns, and detection beside serde_json (the last lines are a table)
	$(call say,the way of a record: speed and memory of the largest invocation)
	cargo bench --package piitrail-flow --bench invocation
	$(call say,a million events a second, on paper)
	cargo bench --package piitrail-flow --bench scale
	$(call say,event patterns)
	cargo bench --package eventbridge-pattern --bench matching
	$(call say,detection beside serde_json)
	cargo bench --package piitrail-detect --bench throughput

cost: need-rust $(VENV)/.installed ## read what the books cost in DynamoDB's units (the last lines are the figures)
	$(call say,writing and reading the books on a local DynamoDB (minutes))
	@mkdir -p $(TARGET)
	@cargo test --workspace --all-features --test all -- --include-ignored --nocapture cost:: \
	  >$(TARGET)/cost.log 2>&1 || { cat $(TARGET)/cost.log >&2; exit 1; }
	@for name in cold-100 steady-100 batch-1000 map-90d-10k-edges; do \
	  grep -oE "cost $$name [0-9.]+" $(TARGET)/cost.log; \
	done

# As they are deployed, but for this machine's architecture, and with the symbols until they are
# weighed: `make start` reads from them where the bytes are.
RELEASE = CARGO_PROFILE_RELEASE_STRIP=none cargo build --release

size: need-rust need-python ## zip the tracer as it is deployed and hold it to its budget in tests/size.tsv (a release build)
	$(call say,building the tracer (release))
	$(RELEASE) --bin tracer -p piitrail-tracer
	$(call say,its package)
	@python3 tests/size.py $(TARGET)/release

start: need-rust $(VENV)/.installed ## measure the tracer's zip and its start to the first poll, and where bytes and time go (a release build)
	$(call say,building the tracer (release))
	$(RELEASE) --bin tracer -p piitrail-tracer
	$(call say,starting it 20 times on loopback)
	@cargo test --workspace --all-features --test all -- --ignored --exact --nocapture start::the_tracer_starts \
	  >$(TARGET)/start.log 2>&1 || { cat $(TARGET)/start.log >&2; exit 1; }
	@grep -oE "start [a-z-]+ [0-9.]+" $(TARGET)/start.log
	@python3 tests/size.py $(TARGET)/release --crates tracer

RUNS ?= 10000
faults: need-rust ## play RUNS=10000 scenarios of crashes, throttles and lost answers on each kind of books
	$(call say,$(RUNS) scenarios on memory, on SQLite and on DynamoDB's answers)
	PIITRAIL_FAULT_RUNS=$(RUNS) cargo test --workspace --all-features --lib -- whatever_fails

accuracy: need-rust ## score detection on labelled corpora, beside its peers (MISSES=1 lists what was missed)
	cargo run --quiet --profile bench --package piitrail-detect --example accuracy -- $(if $(MISSES),--misses) $(CORPORA)

# A crate's fuzz targets are the files of its fuzz/fuzz_targets. Inputs that once failed are kept,
# minimised, in fuzz/regressions/TARGET; each run begins with them.
FUZZED := shared/detect shared/flow shared/eventbridge-pattern
fuzz: need-rust ## fuzz detection, envelopes and event patterns, MINUTES=2 a target; needs cargo-fuzz and a nightly compiler
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

build: need-rust $(VENV)/.build-installed ## build the Lambda functions for AWS (release, ARCH)
	$(call say,building for $(ARCH))
	PATH="$(BIN):$$PATH" cargo lambda build --release --$(subst x86_64,x86-64,$(ARCH)) --lambda-dir target/lambda --bin tracer --bin report --bin rollup
	@ls -l target/lambda/*/bootstrap

deploy: build ## build, then deploy the stack into your AWS account
	$(call say,deploying $(STACK) on the bus $(BUS))
	$(BIN)/sam deploy --template-file template.yaml --stack-name "$(STACK)" --resolve-s3 \
	  --capabilities CAPABILITY_IAM $(if $(GUIDED),--guided) \
	  --parameter-overrides "Architecture=$(ARCH)" "EventBusName=$(BUS)"

# ---- tools ----------------------------------------------------------------------------------

tools: $(VENV)/.installed $(DENY) ## install what the tests and checks use into .tools/ (again only when it changes)

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

# Unoptimised: it runs for a second, and building it is most of what `make check` takes the first time.
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

clean: ## remove what was built, the demo's files and the tools
	cargo clean
	rm -rf $(TOOLS) .demo
