# Hehuang: data-asset registry of Haidong City. `make help` lists the targets.
NETWORK ?= demo
MODE    ?= demo
OFFSET  ?= 0
STATE   := .run/$(NETWORK)
DEVNET  := bin/devnet --network $(NETWORK) --mode $(MODE) --offset $(OFFSET)

.PHONY: help up status doctor logs down reset demo build test check bench-start bench-register bench-sign soak-model test-rules

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: bin/devnet ## build, start and wait for the real network, the services and the pages
	@$(DEVNET) up

status: bin/devnet ## every process, channel height and chaincode; exit 0 only if all answer
	@$(DEVNET) status

doctor: bin/devnet bin/registryctl ## certificates, rules, calendars, evidence: what ends soon, what is damaged, what to do
	@$(DEVNET) doctor

logs: bin/devnet ## last log lines of every process
	@$(DEVNET) logs

down: bin/devnet ## stop every process, keep all data
	@$(DEVNET) down

reset: bin/devnet ## stop and delete the network's data (asks first; FORCE=1 does not)
	@$(DEVNET) reset $(if $(FORCE),--force)

demo: bin/registryctl ## the whole story: application to verified certificate, through the same API
	@go run ./scripts/demo --state $(STATE)

build: bin/devnet bin/registryctl ## build the project's own programs into bin/
	@go build -trimpath -o bin/ ./api/cmd/... ./client/cmd/... ./network/cmd/...

test: ## all tests: rules, contracts, pages, policy, and a real network of its own
	@scripts/check.sh

check: ## the tests that need no network (seconds)
	@scripts/check.sh quick

test-rules: ## switch off each rule in turn: the test that proves it must fail
	@go run ./scripts/rules

soak-model: ## a million acts through contracts and an independent reading of the law (a quarter of an hour)
	@go test ./chaincode/ledgertest -run Soak -v -count=1 -timeout 2h -soak 1000000

bench-start: ## cold_s, warm_s, demo_s → .run/bench/start.json
	@go run ./scripts/bench start

bench-register: bin/devnet ## registrations per second beside a bare asset contract → .run/bench/register.json
	@go run ./scripts/bench register $(OFFSET)

bench-sign: ## what signing over HTTP adds to a submit → .run/bench/sign.json
	@go run ./scripts/bench sign

.PHONY: bin/devnet bin/registryctl
bin/devnet: scripts/toolchain.sh
	@scripts/toolchain.sh
	@go build -trimpath -o bin/devnet ./network/cmd/devnet
bin/registryctl:
	@go build -trimpath -o bin/registryctl ./client/cmd/registryctl
