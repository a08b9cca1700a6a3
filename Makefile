# `make lab` reads the notebooks, `make test` checks everything. Works with GNU Make 3.81, the one on macOS.
PY = .venv/bin/python
GRADER = .venv-grading/bin/python
# Threads of KMeans in tests and benchmarks sleep while they wait for each other, instead of spinning: beside other work
# that is many times faster. The notebooks' kernel has one thread, see tools/set_up.sh.
export OMP_WAIT_POLICY = PASSIVE

.PHONY: lab test test-browser test-engines test-hub test-assignments lint lint-view notebooks exercises \
    slides questions assignments bench bench-sliders site screenshots chart tables collapse passes lock clean

lab: .venv/ready
	$(PY) -m jupyter lab --allow-root --ServerApp.ip=127.0.0.1 --ServerApp.root_dir="$(CURDIR)" \
	    --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

# By two processes, each notebook or file of tests by one of them. One thread for each, as nbval's kernels are not the
# one that tools/set_up.sh makes: two threads of BLAS beside other work are many times slower than one.
test: .venv/ready
	OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile --ignore=tests/browser
	$(PY) -m pytest -n 2 --dist loadfile tests/browser

# Every slider of every notebook in JupyterLab in Chromium; part of `make test` where there is a Chromium.
test-browser: .venv/ready
	$(PY) -m pytest tests/browser --ignore=tests/browser/engines -rs

# The essential things in Firefox and WebKitGTK; part of `make test`, too.
test-engines: .venv/ready
	$(PY) -m pytest tests/browser/engines -rs

# Three users on a JupyterHub of this machine, see teaching/hub.md. Needs Node.js; no part of `make test`.
test-hub: .hub/ready
	$(PY) -m tests.hub

lint: .venv/ready
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

# Style and types of the view. Its two tools come by npx, which needs Node.js; so do `make slides` and `make test-hub`.
lint-view:
	npx --yes @biomejs/biome@2.6.8 check vqlib/explore tools/site tests/browser
	npx --yes --package typescript@5.9.3 tsc --noEmit --allowJs --checkJs --strict --target es2022 \
	    --lib es2022,dom,dom.iterable --module es2022 vqlib/explore/view.js

# Runs every notebook from a fresh kernel and stores it clean; `make notebooks NB=notebooks/01_scalar.ipynb` for one.
notebooks: .venv/ready
	$(PY) -m ruff format --quiet notebooks solutions
	$(PY) -m ruff check --fix --quiet notebooks solutions
	$(PY) -m tools.store_notebooks $(NB)

# What `check` knows of right answers, made from the notebooks in solutions/; `make notebooks` then stores these.
exercises: .venv/ready
	$(PY) -m tools.exercises $(NB)

# The notebooks as pages for a course's web site, in the folder site/: no kernel, no server, no network.
site: .venv/ready
	$(PY) -m tools.site

# The questions of teaching/questions/ for Moodle and the printer, in the folder questions/; every key is proven first.
questions: .venv/ready
	$(PY) -m tools.questions

# Slides for the lesson and for each notebook, in the folder slides/: npm brings reveal.js once, then no network is needed.
slides: .venv/ready
	$(PY) -m tools.slides

# The graded assignments: an environment with nbgrader, and a course folder with the releases; see
# teaching/assignments/README.md.
assignments: .venv-grading/ready
	$(GRADER) teaching/assignments/make_course.py

# Made-up students hand in and are graded; their points and the seconds are printed. No part of `make test`.
test-assignments: .venv-grading/ready
	GRADING=required $(GRADER) -m pytest tests/assignments

bench: .venv/ready
	$(PY) -m pip --disable-pip-version-check install --quiet --require-hashes -r benchmarks/requirements.txt
	$(PY) -m benchmarks.grey_pictures
	$(PY) -m benchmarks.colour_and_blocks
	$(PY) -m benchmarks.structured
	$(PY) -m benchmarks.search
	$(PY) -m benchmarks.scaling

# Both need Chromium.
bench-sliders: .venv/ready
	$(PY) -m tests.browser.bench_sliders

screenshots: .venv/ready
	$(PY) -m tests.browser.screenshots

chart: .venv/ready
	$(PY) data/make_chart.py

# What trained codebooks reach, for notebook 07 (some twenty minutes) and for the panel of 10 (two).
tables: .venv/ready
	$(PY) data/make_tables.py
	$(PY) data/make_pronouncer_codes.py

# The training runs in the panel of notebook 11; a minute.
collapse: .venv/ready
	$(PY) data/make_collapse.py

# What samples and passes are worth, for the panel of notebook 12; ten minutes.
passes: .venv/ready
	$(PY) data/make_passes.py

# Renews the locked versions from pyproject.toml (needs uv). uv's own lock file names a registry, so it does not stay.
lock:
	uv lock --upgrade
	uv export --quiet --no-emit-project --no-header --no-annotate --output-file requirements.txt
	uv export --quiet --only-group bench --no-header --no-annotate --output-file benchmarks/requirements.txt
	uv export --quiet --only-group hub --no-header --no-annotate --output-file tests/hub/requirements.txt
	uv export --quiet --only-group grading --no-header --no-annotate --output-file teaching/assignments/requirements.txt
	rm uv.lock

# Written last, so that a set-up that was stopped half-way is done again.
.venv/ready: requirements.txt tools/set_up.sh
	@sh tools/set_up.sh

.hub/ready: .venv/ready tests/hub/requirements.txt
	rm -rf .hub
	$(PY) -m pip --disable-pip-version-check install --quiet --require-hashes --target .hub/python \
	    -r tests/hub/requirements.txt
	npm install --loglevel=error --no-audit --no-fund --prefix .hub configurable-http-proxy@5.1.0
	touch .hub/ready

.venv-grading/ready: .venv/ready teaching/assignments/requirements.txt
	rm -rf .venv-grading
	$(PY) -m venv .venv-grading
	$(GRADER) -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements.txt \
	    -r teaching/assignments/requirements.txt
	$(GRADER) -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	touch .venv-grading/ready

clean:
	rm -rf .venv .venv-grading .hub teaching/assignments/course .mypy_cache .pytest_cache .ruff_cache notebooks/.ruff_cache solutions/.ruff_cache .hypothesis
