# What a newcomer and CI run. `make` alone says what there is.
.DEFAULT_GOAL := help
BIN := .venv/bin
# Python keeps what it compiled (in __pycache__, ignored by git): a demo runs twenty commands.
unexport PYTHONDONTWRITEBYTECODE
# The numeric libraries: threads of their own only slow parallel tests down.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help setup demo demo-programme static check test test-slow lab-deps lab-wifi lab-wifi-image bench-series bench-plan bench-poll bench-recordings fuzz-snmp bench-round bench-traps bench-rollout bench-planning bench-api chaos-deploy chaos-kills format score texts lock pages client

help: ## what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv from the lock file; everything stays inside the tree
	@./.ci/setup

demo: setup ## a false school district, read, deployed and audited, with pages (ONCE=1: summary, then exit)
	@$(BIN)/python -m lab.demo $(if $(ONCE),--once)

demo-programme: setup ## one school from its cadastre to final acceptance, by the API, as its people
	@$(BIN)/python -m lab.programme

static: setup
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

check: static ## the fast half: format, lint, types, contracts; unit and property tests on SQLite
	@$(BIN)/pytest tests/unit tests/property tests/vendors -n 2 --dist worksteal -q --database sqlite --hypothesis-profile quick

test: static ## all tests but the slow lab parts, on SQLite and on PostgreSQL
	@$(BIN)/pytest tests -n 5 --dist worksteal -q -m "not slow"

test-slow: setup ## the slow lab parts: WiFi VM, chaos, full benchmarks
	@$(BIN)/pytest tests -q -m slow || [ $$? -eq 5 ]

lab-deps: ## the Debian packages that the lab's real parts need (as root)
	@./.ci/lab-deps

lab-wifi: setup ## a push makes real clients join a real access point in a VM; a bad push is undone
	@$(BIN)/python -m lab.wifi

lab-wifi-image: setup ## the image of that VM, from Debian packages (as root; kept in var/lab-wifi)
	@$(BIN)/python -m lab.wifi.image

score: setup ## the readings against recordings of real devices (../shared/recordings, or FOLDER=)
	@$(BIN)/python -m tests.scoring $(FOLDER)

pages: setup ## a picture of every page into var/pages (wide and phone, light and dark; ONLY="/lots")
	@$(BIN)/python -m tests.browser $(ONLY)

client: setup ## the API's client in Python, written from its OpenAPI document
	@$(BIN)/python -m tests.api_client

texts: setup ## the catalogues brought up to date; what is left to translate
	@$(BIN)/python -m tests.texts

bench-series: setup ## how fast figures over time are written, rolled up and read, on both databases
	@$(BIN)/python -m tests.bench.series

bench-plan: setup ## what planning 10,000 devices costs beside speaking to them (DEVICES=)
	@$(BIN)/python -m tests.bench.plan $(if $(DEVICES),--devices $(DEVICES))

bench-poll: setup ## what walking a fleet of agents costs, SNMPv2c and v3, in CPU seconds for 1,000 devices
	@$(BIN)/python -m tests.bench.poll

bench-recordings: setup ## how long reading a recording takes, start-up included, also of 300,000 lines
	@$(BIN)/python -m tests.bench.recordings

bench-ssh: setup ## what reading over SSH costs, beside netmiko alone, in CPU seconds for 100 devices
	@$(BIN)/python -m tests.bench.ssh

fuzz-snmp: setup ## a million malformed replies: nothing breaks, grows or is taken for true
	@$(BIN)/pytest tests/chaos/test_snmp_fuzz.py -q -n0 --database sqlite

bench-round: setup ## a health round of a fleet, alive and with dead devices (DEVICES=100000: the full one)
	@$(BIN)/python -m tests.bench.round $(if $(DEVICES),--devices $(DEVICES))

bench-traps: setup ## a storm of 10,000 traps from one device beside 100 others (others_lost must be 0)
	@$(BIN)/python -m tests.bench.traps

bench-rollout: setup ## what a rollout costs, in CPU seconds for 100 devices, beside bare netmiko sessions
	@$(BIN)/python -m tests.bench.rollout $(if $(DEVICES),--devices $(DEVICES))

bench-planning: setup ## a plan of 3,000 sites over 6 years: how long it takes, and its gap
	@$(BIN)/python -m tests.bench.planning $(if $(SITES),--sites $(SITES)) $(if $(PRICES),--prices)

bench-api: setup ## how fast the API answers over 4,000 sites, 115,000 devices and 3 years, both databases
	@$(BIN)/python -m tests.bench.api $(if $(DATABASE),--database $(DATABASE)) $(if $(SECONDS),--open-s $(SECONDS))

chaos-deploy: setup ## a rollout killed 200 times over false schools that misbehave (KILLS=, SEED=)
	@$(BIN)/python -m tests.chaos.deploy $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

chaos-kills: setup ## a push killed at every command that it sends, with each misbehaviour (FAMILY=, EVERY=)
	@$(BIN)/python -m tests.chaos.kills $(if $(FAMILY),--family $(FAMILY)) $(if $(EVERY),--every $(EVERY))

format: setup ## put the code into its form
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

lock: setup ## resolve the dependencies anew
	@$$(command -v uv || echo .uv/bin/uv) pip compile --quiet --upgrade --universal --group dev --no-header --no-annotate --generate-hashes pyproject.toml -o requirements.lock
