#!/bin/sh
# Makes .venv with the versions of requirements.txt. `make` calls it when .venv/ready is missing or older than what it
# was made from; PYTHON names the interpreter to use.
set -u

fail() {
    echo "vqlib: $1" >&2
    exit 1
}

supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'
python= seen= no_venv=
for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    seen="$seen $version"
    if ! "$candidate" -c "$supported"; then continue; fi
    if ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then no_venv=$candidate; continue; fi
    python=$candidate
    break
done
if [ -z "$python" ] && [ -n "$no_venv" ]; then
    fail "$no_venv has no venv module; install it (Debian and Ubuntu: sudo apt install python3-venv) and run make again."
elif [ -z "$python" ]; then
    fail "Python 3.11 to 3.14 is needed and found was:${seen:- none}; install one, or name it: make PYTHON=/path/to/python3.13 lab"
fi

echo "Setting up .venv with $("$python" --version): once, about a minute."
rm -rf .venv
"$python" -m venv .venv || fail "$python could not make .venv; see its message above."
log=.venv/install.log
pip() { .venv/bin/python -m pip --disable-pip-version-check install --quiet "$@" >>"$log" 2>&1; }
if ! pip --retries 2 --require-hashes -r requirements.txt; then
    fail "the packages could not be installed; check the network and run make again (pip's own words are in $log)."
fi
pip --no-deps --no-build-isolation --editable . || fail "vqlib itself could not be installed; pip's words are in $log."
# JupyterLab would ask every new reader whether it may fetch news.
.venv/bin/python -m jupyter labextension disable --level=sys_prefix "@jupyterlab/apputils-extension:announcements" \
    >>"$log" 2>&1 || fail "JupyterLab could not be set up; its words are in $log."
# One thread for each notebook, whatever it imports first: where several kernels work at once, threads would wait for
# each other. Whoever asks for more than one has them sleep while they wait.
.venv/bin/python -m ipykernel install --sys-prefix --env OMP_NUM_THREADS 1 --env OMP_WAIT_POLICY PASSIVE \
    >>"$log" 2>&1 || fail "the kernel could not be set up; its words are in $log."
# matplotlib says so when it lists the fonts for the first time, which must not happen inside a notebook.
.venv/bin/python -c 'import matplotlib.font_manager' >>"$log" 2>&1 || fail "matplotlib does not start; see $log."
touch .venv/ready
