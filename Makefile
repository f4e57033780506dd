# Everything a change needs; `make help` lists it. Only Go, git and make are required.
SHELL := /bin/bash
.DEFAULT_GOAL := help

ORACLE := pkg/promrules/ruletest/testdata/oracle
GOLANGCI_LINT := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT ?= $(shell git diff --quiet HEAD 2>/dev/null && git rev-parse HEAD)
CLI := github.com/romel/govctl/cmd/govctl/internal/cli
# What mostly calls other packages gains no speed from copies of their functions, and has 550 kB less without. Those that read rules, taxonomies
# and histories keep them. As in .goreleaser.yaml.
GCFLAGS := $(patsubst %,-gcflags=github.com/romel/govctl/%,cmd/...=-l internal/...=-l internal/promrules= internal/taxonomy= internal/stability=)
LDFLAGS := -s -w -X $(CLI).version=$(VERSION) -X $(CLI).commit=$(COMMIT)
FUZZTIME ?= 20s

.PHONY: help fetch build demo test docs browser screenshots gallery oracle mutations mutants suites proofs witnesses budgets release-check torture lint bench bench-peers fuzz update

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Built as the tests are, so that nothing is compiled twice.
fetch lint oracle: export CGO_ENABLED = 0
fetch lint oracle: export GOFLAGS = -trimpath

fetch: ## fetch every module that the targets need
	@go list -test -deps -tags browser ./... > /dev/null
	@cd $(ORACLE) && go list -test -deps . tool > /dev/null
	@cd .ci/image && go list -test -deps . > /dev/null
	@$(GOLANGCI_LINT) version > /dev/null

build: ## build bin/govctl
	@CGO_ENABLED=0 go build -trimpath $(GCFLAGS) -ldflags '$(LDFLAGS)' -o bin/govctl ./cmd/govctl

demo: build ## run govctl over three versions of a sample service, without network, into governance/
	@testdata/quickstart/demo.sh bin/govctl

test: ## run every test that Go alone can run; what runs side by side under the race detector, where there is a C compiler
	@.ci/test

docs: ## render the documentation as web pages into dist/docs/
	@rm -rf dist/docs
	@go run ./cmd/govctl/internal/docsite dist/docs

browser: ## check the pages with Chromium and axe-core (needs chromium and npm)
	.ci/browser

screenshots: ## take the pictures of the documentation (needs chromium)
	.ci/browser docs/img

gallery: ## take pictures of every page in every state into gallery/ (needs chromium)
	@mkdir -p gallery
	GOVCTL_REQUIRE_TOOLS=1 GOVCTL_GALLERY=$(CURDIR)/gallery go test -count=1 -timeout 30m -tags browser ./cmd/govctl/browsertest -run '^TestGallery$$'

SEEDS ?= 2000
oracle: ## compare the rule tests with promtool, over SEEDS generated rule sets
	cd $(ORACLE) && go test -vet=all -timeout 60m . -args -seeds $(SEEDS)

mutations: ## remove each change rule and expect its test case to fail
	go test -count 1 -timeout 60m -v ./pkg/apidiff -run 'TestRuleMutations|TestRuleFolders'

MUTANTS ?=
mutants: ## change the code that decides, operator by operator, and expect its tests to fail (long; MUTANTS: packages to choose)
	go run ./.ci/mutants $(MUTANTS)

suites: ## count the results of the public test suites for the YAML reader and the schema reader
	@go test -count 1 -v ./pkg/contract ./pkg/apidiff/subschema -run '^(TestYAMLSuite|TestJSONSchemaSuite)$$' | grep -v '^=== '

PROOFS ?= 100000
proofs: ## test containment over PROOFS random pairs of schemas with the search for examples
	@go test -count 1 -timeout 60m -v ./pkg/apidiff -run '^TestProverAgainstSearch$$' -proofs $(PROOFS) | grep -v '^=== '

witnesses: ## count the breaking changes of the real histories that an example confirms (needs ../shared/data/openapi)
	@go test -count 1 -timeout 60m -v ./pkg/apidiff -run '^TestWitnesses$$' | grep -v '^=== '

release-check: ## build a release twice, compare the bytes, verify its signature, try its packages and image (some ten minutes; as root or with sudo)
	.ci/release check

KILLS ?= 200
torture: ## kill KILLS runs at random moments; crowd, fill and link output folders; let 32 publish at once
	GOVCTL_TORTURE=$(KILLS) go test -count 1 -timeout 60m -v ./internal/gitrepo -run '^TestConcurrentWriters$$'
	GOVCTL_TORTURE=$(KILLS) go test -count 1 -timeout 60m -v ./cmd/govctl \
	  -run '^(TestKilledRuns|TestManyRunsAtOnce|TestNoRoomToWrite|TestFullDisk|TestReadOnlyFolder|TestLinksInTheFolder|TestLinkedFolder)$$'

lint: ## run the pinned linters
	$(GOLANGCI_LINT) run --allow-parallel-runners --build-tags browser ./...

bench: build ## run the benchmarks, also of runs over many contracts (FLEET_DATA=folder with versions of APIs)
	go test -run '^$$' -bench . -benchmem ./...
	@GOVCTL=$(CURDIR)/bin/govctl FLEET_DATA=$${FLEET_DATA:-../shared/data/openapi} go run ./.ci/benchfleet

fuzz: ## run each fuzz target for FUZZTIME (20s)
	@set -e; for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$pkg; \
	  done; \
	done

update: ## rewrite goldens and generated documentation
	go test . -run "^TestPackedFiles$$" -update
	go test ./internal/artifact -run "TestArtifactsPage|TestWebhookSchemaCopy" -update
	go test ./cmd/govctl/internal/cli -run "TestLintPage|TestOutputsPage|TestRulesPage|TestCommandsPage|TestConfigPage|TestPolicyPage|TestEvidenceRulesPage|TestMetricsPage" -update

BUDGETS ?= -worst
budgets: build ## measure CPU, memory and output of the most expensive inputs under 1 MB (BUDGETS: its flags and the families to choose)
	@GOVCTL=$(CURDIR)/bin/govctl go run ./.ci/budgets $(BUDGETS)

bench-peers: build ## measure the diff beside another tool (OASDIFF=path of its binary)
	@GOVCTL=$(CURDIR)/bin/govctl go run ./.ci/benchpeers
