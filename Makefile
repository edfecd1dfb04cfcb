# Nightjar. 'make' lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
SOURCES := Package.swift Sources Tests Fuzz

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install what is missing (apt-get; sudo where not root)
	@scripts/setup

.PHONY: build
build: setup ## build a release: .build/release/nightjar
	swift build -c release -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked

.PHONY: night
night: build ## run three nights on a copy of samples/ and show what became of them
	@scripts/night

.PHONY: test
test: setup ## build and run every test
	swift build --build-tests
	@# What failed stands among thousands of lines: it is said again at the end.
	set -o pipefail; swift test --disable-xctest 2>&1 | tee .build/tests.log \
	|| { echo "failed, in .build/tests.log:"; grep -A 3 '^✘' .build/tests.log; exit 1; }

.PHONY: simulate
simulate: setup ## 100,000 random members through the rules and their twin: make simulate SEED=1
	@seed=$${SEED:-$$(date +%s)}; echo "seed $$seed: make simulate SEED=$$seed does it again"; \
	NIGHTJAR_MEMBERS=100000 NIGHTJAR_SEED=$$seed swift test --disable-xctest --filter StoryTests

.PHONY: fuzz
fuzz: setup ## libFuzzer on every reader of what comes from outside: make fuzz SECONDS=60 SEED=1
	@scripts/fuzz $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

.PHONY: format
format: ## format every Swift file
	swift format --in-place -r -p $(SOURCES)

.PHONY: lint
lint: ## say what 'make format' would change
	swift format lint --strict -r -p $(SOURCES)

.PHONY: journey
journey: build ## a grocer's January, four ways: make journey DATA=folder
	@[ -n "$(DATA)" ] || { echo "make journey DATA=folder (see Benchmarks/journey/README.md)" >&2; exit 64; }
	Benchmarks/journey/run "$(DATA)"

.PHONY: benchmark
benchmark: build ## the benchmark night: make benchmark IN=folder
	@[ -n "$(IN)" ] || { echo "make benchmark IN=folder (see Benchmarks/night/README.md)" >&2; exit 64; }
	Benchmarks/measured Benchmarks/night/engine --load "$(IN)" .build/benchmark/db
	Benchmarks/measured Benchmarks/night/engine --night "$(IN)" .build/benchmark/db .build/benchmark/out

PREFIX ?= /usr/local
.PHONY: install
install: build ## program, manual page and completion: make install PREFIX=/usr/local
	install -D -m 755 .build/release/nightjar "$(DESTDIR)$(PREFIX)/bin/nightjar"
	install -d "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" \
		"$(DESTDIR)$(PREFIX)/share/zsh/site-functions" "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	.build/release/nightjar manual > "$(DESTDIR)$(PREFIX)/share/man/man1/nightjar.1"
	.build/release/nightjar completion bash > "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/nightjar"
	.build/release/nightjar completion zsh > "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_nightjar"
	.build/release/nightjar completion fish > "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/nightjar.fish"

.PHONY: clean
clean: ## remove everything that was built
	rm -rf .build
