"""Set up the course "From RNN to BERT" in this folder, then:

python3 start.py                      open it in JupyterLab
python3 start.py test [PYTEST ...]    run all tests (or --perturbed, --colab-like)
python3 start.py run [NAMES] [--save] execute notebooks into build/ (--gallery: views)
python3 start.py claims [NAMES]       run notebooks with other seeds: do claims hold?
python3 start.py slides [NAMES]       write one HTML deck per notebook into build/
python3 start.py handout              write all notebooks as one HTML book
python3 start.py poster [--atlas]     draw the main figures, or all, on one sheet
python3 start.py publish --repo O/N   write your repository's address into the notebooks
"""

# Standard library only. No syntax newer than Python 2.7 in this file, so that an old
# Python can read it and say in one sentence what is wrong: no hints, no f-strings.
from __future__ import print_function

import hashlib
import os
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STATE = os.path.join(VENV, "course-state")
MARK = os.path.join(VENV, "made-by-start.py")  # what has no mark is never wiped
WINDOWS = os.name == "nt"
PYTHON = os.path.join(VENV, "Scripts" if WINDOWS else "bin", "python")
PIP = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
CONSTRAINTS = os.path.join("tests", "constraints.txt")
LEARNER = ["requirements.txt"]
TESTER = LEARNER + [os.path.join("tests", "requirements.txt")]
ALONE = os.path.join("tests", "models.txt")  # installed without dependencies
PROGRAMS = dict(test="pytest", run="tests.run_notebooks", claims="tests.claims")
for name in ["handout", "poster", "publish", "slides"]:
    PROGRAMS[name] = "helpers.publishing." + name

# What set-up programs print when they fail, and what that means to a learner.
DISK = ["Errno 28", "No space left", "WinError 112", "Errno 122", "Disk quota"]
MODULE = ["No module named venv", "No module named ensurepip"]
NETWORK = ["Retrying (", "Max retries", "timed out", "getaddrinfo", "ConnectionError"]
PROXY = ["ProxyError", "InvalidProxyURL", "InvalidURL", "BadStatusLine", "SSLError"]
PROXY += ["BadZipFile", "invalid wheel", "DO NOT MATCH THE HASHES"]
RIGHTS = ["Permission denied", "Errno 13", "WinError 5", "Read-only file system"]
TROUBLES = {
    "The disk is full: make room here and in the folder for temporary files (3 GB; "
    "with PyTorch's CUDA build 10 GB)": DISK,
    "Python's venv module is missing: install it (Debian and Ubuntu: `sudo apt "
    "install python3-venv`; elsewhere: a full Python 3.10 or newer)": MODULE,
    "Something stands between pip and its packages: log in to your network in a "
    "browser, or set the right proxy (the variable HTTPS_PROXY)": PROXY,
    "No network: pip cannot reach the packages that the first start downloads; "
    "connect this computer (or set its proxy)": NETWORK,
    "pip finds no fitting PyTorch or other package: check the network, and use a "
    "64-bit Python from 3.10 to 3.13": ["from versions:", "No matching distribution"],
    "A file may not be written: close programs that use the folder .venv, or move "
    "the course to a folder of your own": RIGHTS,
}
CUDA_BUILD = (
    "No NVIDIA GPU here, but pip will take PyTorch's CUDA build: 2.7 GB to download "
    "instead of 0.2 GB. To avoid it, press Ctrl+C, set PIP_EXTRA_INDEX_URL to the "
    "address that PyTorch's page 'Get started' gives for CPU, and start again."
)


class Stop(Exception):
    """One sentence that tells the learner why we stop and what to do."""


def explain(doing, output):
    """Turn what a failed program printed into one sentence."""
    for sentence, signs in TROUBLES.items():
        if any(sign in output for sign in signs):
            return sentence + ", then start again."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [x for x in lines if x.startswith("ERROR:") and x != "ERROR: Exception:"]
    return doing + " failed: " + (errors or lines or ["no reason was given"])[-1]


def attempt(doing, command):
    """Run one step of the set-up; raise Stop with one sentence if it fails."""
    print(doing + " ...", flush=True)
    as_text = {"text": True, "errors": "replace"}
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, **as_text)
    if done.returncode:
        raise Stop(explain(doing, done.stderr))


def read(path):
    """Return the lines of a text file; none if there is no such file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def write_state(lines):
    """Write down, in one step, how far the set-up of .venv is."""
    with open(STATE + ".new", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    os.replace(STATE + ".new", STATE)


def digest(files, version):
    """Return a hash of requirement files, constraints and the Python version."""
    texts = [read(os.path.join(ROOT, x)) for x in files + [CONSTRAINTS, ALONE]]
    return hashlib.sha256(repr((version, texts)).encode()).hexdigest()


def look():
    """Return .venv's Python version ("" if none from 3.10 runs) and if it has pip."""
    code = (
        "import sys, importlib.util as u; print(*sys.version_info[:2], sep='.'); "
        "print(u.find_spec('pip') is not None); sys.exit(sys.version_info < (3, 10))"
    )
    try:
        found = subprocess.check_output([PYTHON, "-c", code], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return "", False
    version, pip = found.decode().split()[-2:]
    return version, pip == "True"


def make_venv():
    """Make .venv anew, if it is ours; its state says that it is half made."""
    taken = os.path.isfile(VENV) or os.path.isdir(VENV) and os.listdir(VENV)
    if taken and not (os.path.exists(MARK) or "unfinished" in read(STATE)):
        raise Stop(
            "The folder .venv was not made by start.py and holds no Python from 3.10 "
            "that runs: rename it or make it anew yourself, then start again."
        )
    base = getattr(sys, "_base_executable", None) or sys.executable
    attempt("Making .venv", [base, "-m", "venv", "--clear", "--without-pip", VENV])
    write_state(["unfinished"])
    open(MARK, "w").close()


def warn_of_cuda_build():
    """Warn before pip takes gigabytes of CUDA on a Linux without an NVIDIA GPU."""
    nvidia = shutil.which("nvidia-smi") or os.path.exists("/proc/driver/nvidia")
    if nvidia or not sys.platform.startswith("linux"):
        return
    print("Looking which build of PyTorch fits ...", flush=True)
    options = ["--dry-run", "--quiet", "--no-deps", "--report", "-", "-c", CONSTRAINTS]
    report = subprocess.run(PIP + options + ["torch"], cwd=ROOT, capture_output=True)
    if any(name in report.stdout for name in (b'"nvidia-', b'"cuda-')):
        print(CUDA_BUILD)


def set_up(files):
    """Make .venv hold what the requirement files ask for, if it does not yet."""
    version, pip = look()
    state = read(STATE)
    if version and pip and digest(files, version) in state:
        return
    if not version or "unfinished" in state:
        make_venv()
        version, pip = look()
    if not pip:  # it is new, or one that `uv venv` made
        attempt("Adding pip", [PYTHON, "-m", "ensurepip", "--default-pip"])
    warn_of_cuda_build()
    options = ["-c", CONSTRAINTS]
    for name in files:
        options += ["-r", name]
    attempt("Installing packages (the first time takes minutes)", PIP + options)
    if files == TESTER:
        attempt("Installing a real BERT", PIP + ["-r", ALONE, "--no-deps"])
    write_state([digest(LEARNER, version), digest(files, version)])


def terminal_tells_all():
    """Say whether Ctrl+C reaches the programs we start by itself: from the terminal."""
    if WINDOWS:
        return True
    try:
        with open("/dev/tty") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False


def stay_with(command):
    """Run a program until it ends; what asks us to stop is handed on to it.

    Ctrl+C in a terminal is the program's to answer. Returns its exit code; 128 and the
    signal's number where a signal ended it, or us.
    """
    programs = []
    asked = []

    def hand_on(number, frame):
        if number == signal.SIGINT and terminal_tells_all():
            return
        asked.append(number)
        for program in programs:
            program.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hand_on)
    programs.append(subprocess.Popen(command, cwd=ROOT))
    for number in asked:  # before the program had begun
        programs[0].send_signal(number)
    code = programs[0].wait()
    if asked:
        return 128 + asked[0]
    return 128 - code if code < 0 else code


def end(number, frame):
    """End the set-up: the step that runs is ended with us."""
    sys.exit(128 + number)


def main(arguments):
    """Do what the command line asks; return the exit code."""
    if sys.version_info < (3, 10):
        raise Stop(
            "The course needs Python 3.10 or newer, and this is Python %d.%d: install "
            "a newer one and run start.py with it." % sys.version_info[:2]
        )
    verb = arguments[0] if arguments else "open"
    if verb in ("-h", "--help", "help"):
        print(__doc__.strip())
        return 0
    if verb != "open" and verb not in PROGRAMS:
        known = (verb, ", ".join(sorted(PROGRAMS)))
        raise Stop("start.py does not know '%s'; it knows: %s, help." % known)
    if verb == "publish":  # it needs the standard library only
        return stay_with([sys.executable, "-m", PROGRAMS[verb]] + arguments[1:])
    signal.signal(signal.SIGTERM, end)
    set_up(TESTER if verb == "test" else LEARNER)
    if verb in PROGRAMS:
        return stay_with([PYTHON, "-m", PROGRAMS[verb]] + arguments[1:])
    page = "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"
    command = [PYTHON, "-m", "jupyterlab", page]
    if not WINDOWS and os.geteuid() == 0:
        command.append("--allow-root")
    return stay_with(command)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(str(stop))
    except OSError as error:
        sys.exit(explain("Setting up", str(error)))
    except KeyboardInterrupt:
        sys.exit("Stopped: start again, and the set-up goes on.")
