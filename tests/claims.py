"""Run notebooks with other seeds and threads, and keep how often each claim held.

python -m tests.claims [NAMES] [--seeds 1 2 3 4 5]

Each notebook runs with every seed, once with one thread and once with two. What its
claims said goes into helpers/studies/results/claims.json, a run as soon as it is done,
so a stopped program goes on with the next run. A run counts as long as the code of its
notebook is the same. README takes the count.
"""

import argparse
import ast
import hashlib
import json
import os
import queue
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from helpers import environment
from helpers.lesson.claims import RECORD
from helpers.publishing.notebooks import REFERENCE, execute, find, load, program
from tests.lanes import running
from tests.notebook_rules import Claim, claims_of, code, text_of
from tests.run_notebooks import ROOT

FILE = ROOT / "helpers" / "studies" / "results" / "claims.json"
SEEDS = (1, 2, 3, 4, 5)  # the notebooks' own is 0
THREADS = (1, 2)


class Job(NamedTuple):
    """One run of a notebook."""

    path: Path
    seed: int
    threads: int

    @property
    def key(self) -> str:
        """The run's name in the file."""
        return f"seed {self.seed}, {self.threads} threads"


def code_hash(nb: dict) -> str:
    """Return a hash of a notebook's code; its texts may change freely."""
    sources = [text_of(cell) for cell in code(nb)]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def read() -> dict:
    """Return what is on file: {notebook: {code, versions, runs: {run: claims}}}."""
    return json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}


def entry_of(found: dict, path: Path) -> dict:
    """Return a notebook's entry, or a fresh one if its code or the versions changed."""
    fresh = {"code": code_hash(load(path)), "versions": running()}
    old = found.get(path.stem, {})
    if {name: old.get(name) for name in fresh} == fresh:
        return old
    return fresh | {"runs": {}}


def run(job: Job) -> list[dict]:
    """Execute a notebook in a fresh kernel; return what its claims recorded.

    Raises RuntimeError if a cell fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder, "claims.jsonl")
        threads = str(job.threads)
        variables = os.environ | REFERENCE
        variables |= {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        variables |= {"COURSE_SEED": str(job.seed), RECORD: str(record)}
        variables |= {"COURSE_LADDER": str(Path(folder, "ladder"))}
        trouble = execute(load(job.path), job.path.parent, variables)
        if trouble:
            raise RuntimeError(f"{job.path.stem}, {job.key}: {trouble}")
        lines = record.read_text("utf-8").splitlines() if record.exists() else []
    return [json.loads(line) for line in lines]


# --------------------------------------------------------------------------- margins


def value(node: ast.expr, shown: dict[str, float]) -> float:
    """Return what an expression of a condition is worth, from the numbers on file.

    `shown` maps the sources of the shown numbers to their values. Raises ValueError
    for what is neither shown nor a constant.
    """
    source = ast.unparse(node)
    if source in shown:
        return shown[source]
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -value(node.operand, shown)
    if isinstance(node, ast.BinOp):
        left = value(node.left, shown)
        right = value(node.right, shown)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right
    raise ValueError(f"the condition compares {source}, which the claim does not show")


def margin(condition: ast.expr, shown: dict[str, float]) -> float:
    """Return by how much a condition holds (below 0: fails), its worst comparison.

    Equality holds with a margin of 0. Raises ValueError for a condition that is not
    made of comparisons joined by `and`.
    """
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And):
        return min(margin(part, shown) for part in condition.values)
    if not isinstance(condition, ast.Compare):
        raise ValueError(f"{ast.unparse(condition)} is no comparison")
    sides = [condition.left, *condition.comparators]
    margins = []
    for left, how, right in zip(sides, condition.ops, sides[1:], strict=False):
        gap = value(right, shown) - value(left, shown)
        if isinstance(how, (ast.Lt, ast.LtE)):
            margins.append(gap)
        elif isinstance(how, (ast.Gt, ast.GtE)):
            margins.append(-gap)
        elif isinstance(how, ast.Eq):
            margins.append(-abs(gap))
        else:
            raise ValueError(f"{ast.unparse(condition)} does not compare by size")
    return min(margins)


def summary(written: Sequence[Claim], runs: dict[str, list[dict]]) -> dict[str, dict]:
    """Return for each claim: held k of n runs, its condition, its least margin.

    Raises ValueError for a run that says something else than its numbers do.
    """
    found = {}
    for one in written:
        said = [r for run in runs.values() for r in run if r["claim"] == one.sentence]
        margins = []
        for record in said:
            shown = {one.sources[k]: v for k, v in record["numbers"].items()}
            margins.append(margin(one.condition, shown))
            if (margins[-1] >= 0) != record["holds"] and margins[-1]:
                raise ValueError(f"{one.sentence}: its numbers say another thing")
        found[one.sentence] = {
            "condition": ast.unparse(one.condition),
            "held": sum(record["holds"] for record in said),
            "of": len(runs),
            "least_margin": min(margins, default=None),
        }
    return found


# --------------------------------------------------------------------------- program


def keep(path: Path, entry: dict) -> None:
    """Write one notebook's entry; another program may have written others."""
    found = read() | {path.stem: entry}
    text = json.dumps(dict(sorted(found.items())), indent=1, ensure_ascii=False)
    environment.write(FILE, text + "\n")


def left(paths: Sequence[Path], seeds: Sequence[int]) -> Iterator[Job]:
    """Yield the runs that are not on file."""
    found = read()
    for threads in THREADS:
        for path in paths:
            done = entry_of(found, path)["runs"]
            jobs = [Job(path, seed, threads) for seed in seeds]
            yield from (job for job in jobs if job.key not in done)


def work(jobs: Sequence[Job]) -> list[str]:
    """Do some runs, as many at once as there are processors; return what failed."""
    failed, begun = [], time.monotonic()
    cores = os.cpu_count() or 1
    done = 0
    for threads in THREADS:
        some = [job for job in jobs if job.threads == threads]
        results: queue.Queue = queue.Queue()
        with ThreadPoolExecutor(max(1, cores // threads)) as pool:
            for job in some:
                pool.submit(_attempt, job, results)
            for _ in some:
                job, claims, trouble = results.get()
                done += 1
                rest = (time.monotonic() - begun) / done * (len(jobs) - done)
                held = sum(claim["holds"] for claim in claims)
                said = trouble or f"{held} of {len(claims)} claims held"
                print(
                    f"[{done}/{len(jobs)}] {job.path.stem}, {job.key}: {said}; "
                    f"about {rest / 60:.0f} min left",
                    flush=True,
                )
                if trouble:
                    failed.append(trouble)
                    continue
                entry = entry_of(read(), job.path)
                entry["runs"][job.key] = claims
                entry["runs"] = dict(sorted(entry["runs"].items()))
                entry["claims"] = summary(claims_of(load(job.path)), entry["runs"])
                keep(job.path, entry)
    return failed


def _attempt(job: Job, results: queue.Queue) -> None:
    try:
        results.put((job, run(job), ""))
    except Exception as error:  # of this run: told in the list of runs, others go on
        results.put((job, [], f"{type(error).__name__}: {error}"))


def totals(found: dict) -> tuple[int, int, int]:
    """Return (claims, how often they held, how often they were tried)."""
    claims = [one for entry in found.values() for one in entry["claims"].values()]
    held = sum(one["held"] for one in claims)
    return len(claims), held, sum(one["of"] for one in claims)


def table(found: dict) -> str:
    """Return one line for each claim: held k of n, least margin."""
    lines = []
    for name, entry in found.items():
        for sentence, one in entry["claims"].items():
            margin_said = one["least_margin"]
            margin_said = "none" if margin_said is None else f"{margin_said:.3g}"
            held = f"{one['held']} of {one['of']}"
            lines.append(
                f"{name}  {held:>8}  least margin {margin_said:>8}  {sentence}"
            )
    return "\n".join(lines)


def count_in_readme(found: dict) -> None:
    """Put the count of claims into README's line."""
    readme = ROOT / "README.md"
    n, held, tried = totals(found)
    text = readme.read_text("utf-8")
    line = rf"{n} claims, held in {held} of {tried} runs"
    new = re.sub(r"\d+ claims, held in \d+ of \d+ runs", line, text)
    if new != text:
        environment.write(readme, new)


def main(arguments: Sequence[str]) -> int:
    """Do the runs that are missing; return 1 if one failed or a claim did not hold."""
    parser = argparse.ArgumentParser(prog="start.py claims", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", help="e.g. 02 or 02_rnn; none means all")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    options = parser.parse_args(arguments)
    try:
        paths = find(options.names, ROOT / "notebooks")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    paths = [path for path in paths if claims_of(load(path))]
    if not paths:
        print("These notebooks make no claims.")
        return 0
    failed = work(list(left(paths, options.seeds)))
    found = read()
    shown = {path.stem: found[path.stem] for path in paths if path.stem in found}
    print(table(shown))
    count_in_readme(found)
    n, held, tried = totals(shown)
    print(f"{n} claims, held in {held} of {tried} runs")
    return 1 if failed or held < tried else 0


if __name__ == "__main__":
    program(main)
