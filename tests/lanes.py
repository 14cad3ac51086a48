"""How notebooks are compared with their saved outputs: strictly, or only run."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement

from helpers.publishing.notebooks import REFERENCE, TIMEOUT
from tests.run_notebooks import PERTURBED, ROOT

TESTED_PYTHON = "3.11"
NUMBERS = ROOT / "tests" / "numbers.cfg"  # what may differ from run to run
DECISIVE = ("torch", "numpy", "matplotlib")  # their outputs may differ by version


def tested() -> dict[str, str]:
    """Return the versions that tests/constraints.txt pins for the tested Python."""
    lines = (ROOT / "tests" / "constraints.txt").read_text("utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    here = {"python_version": TESTED_PYTHON}
    return {
        pin.name: next(iter(pin.specifier)).version
        for pin in pins
        if pin.marker is None or pin.marker.evaluate(here)
    }


def running() -> dict[str, str]:
    """Return the installed versions of what decides outputs, and of Python."""
    versions = {name: version(name).partition("+")[0] for name in DECISIVE}
    return versions | {"python": ".".join(map(str, sys.version_info[:2]))}


def differences(here: dict[str, str], there: dict[str, str]) -> list[str]:
    """Return one phrase per version that is not the tested one."""
    return [
        f"{name} {here[name]} (tested: {there[name]})"
        for name in here
        if here[name] != there[name]
    ]


def untested() -> list[str]:
    """Return how this environment differs from the tested one."""
    return differences(running(), tested() | {"python": TESTED_PYTHON})


def describe() -> str:
    """Say in one line how strictly notebooks are compared here."""
    if untested():
        return "notebooks: only run, outputs not compared: " + ", ".join(untested())
    return "notebooks: strict, outputs compared"


def compare(path: Path, strict: bool, perturbed: bool) -> tuple[bool, str]:
    """Run one notebook under nbval, alone in a process; return (passed, report)."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["--nbval" if strict else "--nbval-lax", "--nbval-current-env"]
    command += [f"--nbval-sanitize-with={NUMBERS}"] if strict else []
    command += [f"--nbval-cell-timeout={TIMEOUT}", str(path)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | (PERTURBED if perturbed else REFERENCE),
        capture_output=True,
        text=True,
        errors="replace",
    )
    return done.returncode == 0, done.stdout + done.stderr
