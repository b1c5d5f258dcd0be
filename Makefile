# Only names the commands: each recipe is one call of bootstrap.py or of `python -m analysis`.
ifeq ($(OS),Windows_NT)
SYSTEM_PYTHON ?= python
PYTHON := .venv/Scripts/python.exe
else
SYSTEM_PYTHON ?= python3
PYTHON := .venv/bin/python
endif
PLAN ?= luohe-2019
FONTS ?= open
dated = $(if $(AS_OF),--as-of $(AS_OF))

help:  ## list what can be done
	@$(SYSTEM_PYTHON) bootstrap.py help

setup:  ## make the environment in .venv (report and test do it themselves)
	@$(SYSTEM_PYTHON) bootstrap.py setup

report: setup  ## write memos and review; PLAN=henan-2020 or all, AS_OF=2018-12-31, FONTS=system
	@$(PYTHON) -m analysis report --plan $(PLAN) $(dated) --fonts $(FONTS)

test: setup  ## run all tests
	@$(PYTHON) -m analysis test

lab: setup  ## open JupyterLab with the project's kernel
	@$(PYTHON) -m analysis lab

template: setup  ## write a workbook to fill in with new figures
	@$(PYTHON) -m analysis template

add: setup  ## file new figures as a release; FILE=… SOURCE=… PUBLISHED=2026-05-20
	@$(PYTHON) -m analysis add "$(FILE)" --source "$(SOURCE)" --published "$(PUBLISHED)"

seal: setup  ## register the probabilities of a plan, once; PLAN=… AS_OF=…
	@$(PYTHON) -m analysis seal --plan $(PLAN) $(dated)

check: setup  ## verify every release and every sealed forecast
	@$(PYTHON) -m analysis check

verify: setup  ## build a report again elsewhere and compare; REPORT=reports/luohe-2019/2018-12-31
	@$(PYTHON) -m analysis verify "$(REPORT)"

notebooks: setup  ## store the outputs of the notebooks anew, after a change of data or method
	@$(PYTHON) -m analysis notebooks

lint: setup  ## check style, floors and types of the package
	@$(PYTHON) -m analysis lint

bench: setup  ## forecasts against other programs, on PANELS=…; installs them first
	@$(SYSTEM_PYTHON) bootstrap.py bench
	@$(PYTHON) -m analysis bench $(PANELS)

.PHONY: help setup report test lab template add seal check verify notebooks lint bench
