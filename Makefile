# Only names the commands: each recipe is one call of bootstrap.py, which sets up what the command needs.
ifeq ($(OS),Windows_NT)
SYSTEM_PYTHON ?= python
else
SYSTEM_PYTHON ?= python3
endif
PLAN ?= luohe-2019
FONTS ?= open
dated = $(if $(AS_OF),--as-of $(AS_OF))

help:  ## list what can be done
	@$(SYSTEM_PYTHON) bootstrap.py help

setup:  ## make the environment in .venv (report does it itself)
	@$(SYSTEM_PYTHON) bootstrap.py setup

develop:  ## add what tests and lint need (they do it themselves)
	@$(SYSTEM_PYTHON) bootstrap.py develop

report:  ## write memos and review; PLAN=henan-2020 or all, AS_OF=2018-12-31, FONTS=system
	@$(SYSTEM_PYTHON) bootstrap.py report --plan $(PLAN) $(dated) --fonts $(FONTS)

test:  ## run all tests
	@$(SYSTEM_PYTHON) bootstrap.py test

lab:  ## open JupyterLab with the project's kernel
	@$(SYSTEM_PYTHON) bootstrap.py lab

template:  ## write a workbook to fill in with new figures
	@$(SYSTEM_PYTHON) bootstrap.py template

add:  ## file new figures as a release; FILE=… SOURCE=… PUBLISHED=2026-05-20
	@$(SYSTEM_PYTHON) bootstrap.py add "$(FILE)" --source "$(SOURCE)" --published "$(PUBLISHED)"

seal:  ## register the probabilities of a plan, once; PLAN=… AS_OF=…
	@$(SYSTEM_PYTHON) bootstrap.py seal --plan $(PLAN) $(dated)

check:  ## verify every release and every sealed forecast
	@$(SYSTEM_PYTHON) bootstrap.py check

verify:  ## build a report again elsewhere and compare; REPORT=reports/luohe-2019/2018-12-31
	@$(SYSTEM_PYTHON) bootstrap.py verify "$(REPORT)"

notebooks:  ## store the outputs of the notebooks anew, after a change of data or method
	@$(SYSTEM_PYTHON) bootstrap.py notebooks

lint:  ## check style, floors and types of the package
	@$(SYSTEM_PYTHON) bootstrap.py lint

bench:  ## forecasts against other programs, on PANELS=…; installs them first
	@$(SYSTEM_PYTHON) bootstrap.py bench $(PANELS)

mutants:  ## put small faults into the code and say which the tests miss, in MODULES=…; takes an hour
	@$(SYSTEM_PYTHON) bootstrap.py mutants $(MODULES)

licences:  ## list the licence of everything installed
	@$(SYSTEM_PYTHON) bootstrap.py licences

bundle:  ## all a machine without network needs, in one folder; PLATFORMS="linux-aarch64" PYTHONS=3.12
	@$(SYSTEM_PYTHON) bootstrap.py bundle $(PLATFORMS:%=--platform %) $(PYTHONS:%=--python %)

.PHONY: help setup develop report test lab template add seal check verify notebooks lint bench mutants licences bundle
