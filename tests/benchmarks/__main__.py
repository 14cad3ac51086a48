"""All benchmarks, one table: `python -m tests.benchmarks [--seconds 90] [--threads N]`.

Each row: what was timed, ours, the rival in the same run, and how many times better
ours is. With nothing else running it takes about ten minutes; `--seconds 9` gives a
first look. Rows that need a program that is missing here say so.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from tests.run_notebooks import ROOT

SUITE = ROOT / ".pytest_cache" / "v" / "course" / "seconds"


class Row(NamedTuple):
    """One line of the table; numbers as text, with their units."""

    what: str
    ours: str
    rival: str = ""
    ratio: float | None = None


def encoders(rounds: int) -> Iterator[Row]:
    """Yield tokens per second of whole pre-training steps."""
    from tests.benchmarks import pretraining as bench

    seconds = bench.throughput(rounds)
    mine = seconds.pop("ours")
    rate = bench.BATCH * bench.LENGTH / statistics.median(mine)
    for name, theirs in seconds.items():
        ratio = statistics.median(b / a for a, b in zip(mine, theirs, strict=True))
        other = f"{name}: {rate / ratio:,.0f}"
        yield Row("pre-training, tokens/s", f"{rate:,.0f}", other, ratio)


def quality(seconds: float) -> Iterator[Row]:
    """Yield the distance to the floor after the same seconds."""
    from helpers.checkpoints import story_bert
    from helpers.corpora import world
    from tests.benchmarks import pretraining as bench

    held_out = story_bert.HeldOut(world.splits().test[:100], n_single=20)
    floor = held_out.floors()
    known = {d.tokens for d in world.splits().test}
    stories = [d for d in world.documents(40_000, seed=11) if d.tokens not in known]
    every = bench.race(seconds, stories, held_out)
    mine = every.pop("ours").scores[-1]
    for name, run in every.items():
        theirs = run.scores[-1]
        gaps = mine.masked - floor.masked, theirs.masked - floor.masked
        what = f"nats above the floor, {seconds:.0f} s"
        yield Row(what, f"{gaps[0]:.2f}", f"{name}: {gaps[1]:.2f}", gaps[1] / gaps[0])
        pairs = f"{mine.pair:.2f}", f"{name}: {theirs.pair:.2f}"
        yield Row(f"pairs right, {seconds:.0f} s", *pairs)


def views() -> Iterator[Row]:
    """Yield the attention explorer beside BertViz, 6 layers, 8 heads, 64 tokens."""
    from tests.benchmarks import views as bench

    rows = [r for r in bench.rows(bench.SIZES[:1]) if "trained" in r["tensors"]]
    found = {row["view"]: row for row in rows}
    mine, theirs = found["ours"], found["BertViz"]
    for key, unit in (("ready", "ms"), ("switch", "ms"), ("hover", "ms"), ("MB", "MB")):
        texts = f"{mine[key]:.1f} {unit}", f"BertViz: {theirs[key]:.1f} {unit}"
        yield Row(f"attention view, {key}", *texts, theirs[key] / max(mine[key], 0.1))


def scaling() -> Iterator[Row]:
    """Yield whole steps of BERT-base on a GPU, where there is one."""
    import torch

    what = "BERT-base on a GPU, tokens/s"
    if not torch.cuda.is_available():
        yield Row(what, "not run", "no GPU here")
        return
    from tests.benchmarks import scaling as bench

    half = bench.precision("auto", torch.device("cuda"))
    ours, theirs = bench.rates(bench.parsed([]), half).values()
    other = f"transformers: {theirs.tokens:,.0f}"
    yield Row(what, f"{ours.tokens:,.0f}", other, ours.tokens / theirs.tokens)
    use = ours.flops / bench.peak(torch.device("cuda"), half)[0]
    yield Row("model FLOP use", f"{use:.1%}")


def writing() -> Iterator[Row]:
    """Yield how fast the world writes stories."""
    from helpers.corpora import world

    world.documents(200, seed=1)
    begun = time.perf_counter()
    tokens = sum(map(len, world.documents(10_000, seed=2)))
    rate = tokens / (time.perf_counter() - begun)
    yield Row("the world writes, tokens/s", f"{rate:,.0f}")


def imports() -> Iterator[Row]:
    """Yield the seconds that the first import takes, beside torch alone."""

    def median(statement: str) -> float:
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], cwd=ROOT, check=True)
            times.append(time.perf_counter() - begun)
        return statistics.median(times)

    ours, lesson, torch = map(
        median, ("import helpers", "import helpers.lesson", "import torch")
    )
    rival = f"import torch: {torch:.2f} s"
    yield Row("import helpers", f"{ours:.2f} s", rival, torch / ours)
    yield Row("import helpers.lesson", f"{lesson:.2f} s", rival, torch / lesson)


def on_file() -> Iterator[Row]:
    """Yield what was measured elsewhere: each notebook, the last whole test run."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        course = json.loads(path.read_text("utf-8"))["metadata"]["course"]
        yield Row(f"notebook {path.stem}", f"{course['seconds']} s", "one thread")
    suite = f"{json.loads(SUITE.read_text()):.0f} s" if SUITE.exists() else "not run"
    yield Row("test suite, last whole run", suite)


def show(row: Row) -> None:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}×"
    print(f"{row.what:34} {row.ours:>10}  {row.rival:28} {ratio:>8}", flush=True)


def main() -> None:
    """Print the table, a row as soon as it is known."""
    import torch

    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--seconds", type=float, default=90, help="of each training")
    parser.add_argument("--rounds", type=int, default=40, help="steps timed")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    os.environ["COURSE_VIEWS"] = "live"
    print(f"{given.threads} threads, torch {torch.__version__}, {os.cpu_count()} cores")
    show(Row("what", "ours", "beside it", None))
    jobs = [imports, writing, lambda: encoders(given.rounds), scaling, views]
    for job in [*jobs, lambda: quality(given.seconds), on_file]:
        try:
            for row in job():
                show(row)
        except ImportError as error:
            show(Row(f"left out: {error.name} is not installed", ""))


if __name__ == "__main__":
    main()
