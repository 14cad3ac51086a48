"""How fast the world writes and how fast its floors are known.

python -m tests.benchmarks.world
"""

import time

from helpers.checkpoints.story_bert import HeldOut
from helpers.corpora import world

HELD_OUT = 2000  # tokens


def timed(job) -> tuple[object, float]:
    """Return what a job gives and the seconds it took."""
    begun = time.perf_counter()
    result = job()
    return result, time.perf_counter() - begun


def main() -> None:
    """Print tokens per second of writing, and seconds for the floors."""
    documents, cold = timed(lambda: world.documents(4000, seed=1))
    tokens = sum(map(len, documents))
    print(f"writing, first time  {tokens / cold:12,.0f} tokens/s  ({tokens:,} tokens)")
    documents, warm = timed(lambda: world.documents(10_000, seed=2))
    tokens = sum(map(len, documents))
    print(f"writing, afterwards  {tokens / warm:12,.0f} tokens/s  ({tokens:,} tokens)")
    held_out, n = [], 0
    for document in world.documents(200, seed=3):
        if n < HELD_OUT:
            held_out.append(document)
            n += len(document)
    floors, seconds = timed(lambda: HeldOut(held_out).floors())
    print(f"floors of {n:,} tokens {seconds:10.1f} s")
    for name, value in floors._asdict().items():
        print(f"  {name:22} {value:10.3f}")


if __name__ == "__main__":
    main()
