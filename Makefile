# Only names the commands: each recipe is one call of bootstrap.py or of `python -m analysis`.
ifeq ($(OS),Windows_NT)
SYSTEM_PYTHON ?= python
PYTHON := .venv/Scripts/python.exe
else
SYSTEM_PYTHON ?= python3
PYTHON := .venv/bin/python
endif
PLAN ?= luohe-2019
dated = $(if $(AS_OF),--as-of $(AS_OF))

help:  ## list what can be done
	@$(SYSTEM_PYTHON) bootstrap.py help

setup:  ## make the environment in .venv (report and test do it themselves)
	@$(SYSTEM_PYTHON) bootstrap.py setup

report: setup  ## write memos and review; PLAN=henan-2020 or all, AS_OF=2018-12-31
	@$(PYTHON) -m analysis report --plan $(PLAN) $(dated)

test: setup  ## run all tests
	@$(PYTHON) -m analysis test

lab: setup  ## open JupyterLab with the project's kernel
	@$(PYTHON) -m analysis lab

check: setup  ## verify every release and every sealed forecast
	@$(PYTHON) -m analysis check

lint: setup  ## check style and the floors of the package
	@$(PYTHON) -m analysis lint

.PHONY: help setup report test lab check lint
