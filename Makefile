# The kit's commands. Each sets up its own environment in .venv first.
#   make train   train the paper's network on the bundled photos, then one with borrowed eyes
#                (DESIGN=unet: that alone; DESIGN=baldassarre2017 or another: that one)
#   make check   style, spelling and the quick tests: two minutes
#   make test    check that everything works: three quarters of an hour
#   make lab     open JupyterLab on the notebooks
#   make book    build the site into _build/html (needs npm once, for MathJax and its like)
#   make publish make _build/publish, a folder for any static host
#   make address say where your copy is published, in all places: URL=https://github.com/someone/kit
#   make student write what Colab opens: notebooks/student, from the masters in notebooks
#   make kit     all that is made from the notebooks, instructors' copies too: PRIVATE=folder
#   make slides  make a deck of slides of each chapter in _build/slides (CHAPTER=08_many_answers: of one)
#   make exercises   write what colorlib.checks tells, from the exercises in notebooks
#   make course  write a course folder for nbgrader: DIR=../course PRIVATE=../private
#   make grade   grade what students handed in: DIR=../course SUBMISSIONS=../submissions
#   make marks   write feedback and tables of marks anew, after grading by hand: DIR=../course
#   make bench   measure the training step and write book/results/bench.json
#   make bench-backends   measure the same step on TensorFlow, JAX and, if installed, PyTorch
#   make profile find out where a step's time goes and write book/results/profile.json
#   make bench-memory   measure how much memory training takes; needs 24 GB of disk for a while
#   make results measure the shipped weights and write the pages that show them (SET=folder, LAB_RUN=runs/...)
#   make compare train networks that differ in one thing: WHAT=networks or presets, SET=folder;
#                or all systems, and write their table: WHAT=systems (SET=folder)
#   make ingredients   train networks that show what colours are made of: number of photos, size, ...
#   make edges   measure how colours should be enlarged on large photos: PHOTOS=folder
#   make films   measure how colours flicker in films, and make the two that the pages show
#   make hints   measure what a person's hints are worth (SET=folder: on photos of another set)
#   make whole   measure what knowledge of the whole photo is worth (SET=folder: on photos of another set)
#   make pages   write the generated parts of the pages that are only read
#   make runtimes    run every chapter once and write down how long each takes
#   make leaderboard   rank the reports of a class: REPORTS=folder SET=photo-set PAGE=file.html
#   make interactives   count and photograph what the interactives in the pages need
#   make offline-kit one zip for a room without network (OPTIONS=--wheels: with all packages)
#   make soak    the checks that take too long for every change
#   make lock    resolve requirements.lock anew from pyproject.toml

PYTHON ?= python3
BIN := .venv/bin
RUN := runs/lab-$(shell date +%Y%m%d-%H%M%S)
# A resumed run keeps its folder: make train RUN=runs/lab-20261123-101500

REPORTS := reports
SET := commons
PAGE := leaderboard.html

# Compiled bytecode makes `import tensorflow` three times as fast.
unexport PYTHONDONTWRITEBYTECODE
export UV_COMPILE_BYTECODE = 1
export UV_PYTHON_DOWNLOADS = never
# TensorFlow's C++ side speaks of drivers that a CPU does not have.
export TF_CPP_MIN_LOG_LEVEL ?= 3
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: setup train lint check test soak lab book address publish student exercises slides kit course grade marks \
    leaderboard bench results compare ingredients edges films hints whole pages runtimes interactives offline-kit bench-backends \
    bench-memory profile lock clean

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else \
	    'colorlib needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is %d.%d; try make PYTHON=python3.12' % v)"
	@echo "Setting up .venv, once. 1 of 3: Python and uv"
	@$(PYTHON) -m venv .venv
	@awk '/^[^ #]/ {its = /^uv==/} its' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@echo "2 of 3: $$(grep -c '==' requirements.lock) packages, 2 GB or so, if no cache has them"
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements.lock
	@echo "3 of 3: colorlib"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

train: setup
	@$(BIN)/python -m tools.train $(RUN) $(if $(DESIGN),-p design $(DESIGN))

# What a change should pass before it is shown to anybody.
QUICK := tests/test_project.py $(addprefix tests/library/test_, lab.py augment.py losses.py metrics.py \
    paper.py recipes.py weights.py files.py images.py anatomy.py extractors.py judging.py published.py)

lint: setup
	$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	$(BIN)/codespell --quiet-level 2 colorlib tools tests book notebooks *.md

check: lint
	$(BIN)/python -m pytest -q $(QUICK)
	$(BIN)/python -m pytest -q --doctest-modules colorlib

test: lint
	$(BIN)/python -m tools.site.book build
	$(BIN)/python -m pytest -rs -n 2 --dist loadfile tests
	KERAS_BACKEND=jax $(BIN)/python -m pytest -m core tests
	rm -rf notebooks/runs/smoke
	COLORLIB_TIER=smoke $(BIN)/python -m pytest -n 2 --dist loadfile --nbval-lax --nbval-current-env \
	    --nbval-cell-timeout 300 notebooks notebooks/student/00_quickstart.ipynb

lab: setup
	$(BIN)/jupyter lab --notebook-dir=notebooks $(OPTIONS)

book: setup
	@$(BIN)/python -m tools.site.book build

address: setup
	@test -n "$(URL)" || { echo "say where: make address URL=https://github.com/someone/kit"; exit 2; }
	@$(BIN)/python -m tools.site.address "$(URL)"

publish: setup
	@$(BIN)/python -m tools.site.book publish

student: setup
	$(BIN)/python -m tools.classroom.student

kit: setup
	$(BIN)/python -m tools.classroom.kit $(if $(PRIVATE),--private $(PRIVATE))

exercises: setup
	$(BIN)/python -m tools.classroom.exercises

slides: setup
	@$(BIN)/python -m tools.site.slides $(CHAPTER)

course: setup
	@test -n "$(DIR)" -a -n "$(PRIVATE)" || { echo "say where: make course DIR=../course PRIVATE=../private"; exit 2; }
	@$(BIN)/python -m tools.classroom.course make "$(DIR)" --private "$(PRIVATE)"

grade: setup
	@test -n "$(DIR)" -a -n "$(SUBMISSIONS)" || { echo "say where: make grade DIR=../course SUBMISSIONS=../submissions"; exit 2; }
	@$(BIN)/python -m tools.classroom.course grade "$(DIR)" "$(SUBMISSIONS)"

marks: setup
	@test -n "$(DIR)" || { echo "say where: make marks DIR=../course"; exit 2; }
	@$(BIN)/python -m tools.classroom.course marks "$(DIR)"

bench: setup
	$(BIN)/python -m tools.measure.bench
	$(BIN)/python -m tools.measure.painting

bench-backends: setup
	$(BIN)/python -m tools.measure.bench --backends

profile: setup
	$(BIN)/python -m tools.measure.profile_step

bench-memory: setup
	$(BIN)/python -m tools.measure.memory

results: setup
	$(BIN)/python -m tools.measure.results $(if $(filter-out commons,$(SET)),--set $(SET)) $(LAB_RUN)

compare: setup
	@test -n "$(WHAT)" || { echo "say what: make compare WHAT=networks SET=my-set"; exit 2; }
	$(BIN)/python -m tools.measure.$(if $(filter systems,$(WHAT)),systems,compare $(WHAT)) $(SET)

ingredients: setup
	$(BIN)/python -m tools.measure.ingredients $(SET)

edges: setup
	@test -n "$(PHOTOS)" || { echo "say where large photos lie: make edges PHOTOS=folder"; exit 2; }
	$(BIN)/python -m tools.measure.edges $(PHOTOS)

films: setup
	$(BIN)/python -m tools.measure.films $(CLIPS)
	$(BIN)/python -m tools.site.films

hints: setup
	$(BIN)/python -m tools.measure.hints $(filter-out commons,$(SET))

whole: setup
	$(BIN)/python -m tools.measure.whole $(filter-out commons,$(SET))

pages: setup
	$(BIN)/python -m tools.site.pages

runtimes: setup
	$(BIN)/python -m tools.site.pages --time smoke

leaderboard: setup
	@$(BIN)/python -m tools.classroom.leaderboard $(REPORTS) --set $(SET) -o $(PAGE)

interactives: setup
	$(BIN)/python -m tools.site.interactives

offline-kit: setup
	@$(BIN)/python -m tools.classroom.offline $(OPTIONS)

soak: setup
	$(BIN)/python -m pytest -rs -m soak tests

lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url \
	    --generate-hashes --all-extras --upgrade pyproject.toml -o requirements.lock

clean:
	rm -rf _build _vendor build dist node_modules .pytest_cache .ruff_cache
