"""Fill a table of results, or make a checkpoint anew: python -m helpers.studies NAME

TABLES (in helpers/studies/results/): if stopped, the same command does the next cell
  ablations     four pre-trainings, each fine-tuned on four tasks: half an hour
  label_curves  frozen, fine-tuned, from scratch: four tasks, 10 to 10,000 labels; on
                file are entailment, and sentiment up to 1,000: some minutes more
  four_heads    four tasks with more labels and steps than a lesson has time for: ten
                minutes
  reviews       film reviews, read by a real BERT and by a bag of words: some minutes;
                needs the treebank and an installed BERT
  scaling       four widths, four numbers of steps, how far from the floor: half an hour

CHECKPOINTS (in helpers/checkpoints/weights/): if stopped, the same command goes on
  elmo          a biLM on 30,000 stories of the world: five minutes
  bert          a BERT on 120,000 stories of the world: twelve minutes
  bert_pydocs   a BERT on the documentation of installed packages: eight minutes

STUDIES of arms and seeds (on file as the tables are; see helpers/studies/registry.py)
"""

import argparse
import math
import sys

from helpers.studies import (
    ablations,
    four_heads,
    label_curves,
    registry,
    reviews,
    scaling,
    study,
)
from helpers.studies.results import SEEDS, fill
from helpers.studies.weights import MAKERS, make

TABLES = {
    "ablations": ablations,
    "label_curves": label_curves,
    "four_heads": four_heads,
    "reviews": reviews,
    "scaling": scaling,
}


def description() -> str:
    """Return what --help says: the text above, and each study's first line."""
    studies = registry.names()
    width = max(map(len, studies), default=0)
    lines = [f"  {name:{width}}  {registry.first_line(name)}" for name in studies]
    return "\n".join([__doc__.rstrip(), *lines])


def made(name: str, seconds: float, seeds: list[int] | None) -> object:
    """Make a checkpoint, a table or a study; return what says where it is."""
    if name in MAKERS:
        return make(name, seconds)
    if name in TABLES:
        return fill(name, TABLES[name], seconds, SEEDS if seeds is None else seeds)
    return study.run(registry.load(name), seconds, seeds)


def main(arguments: list[str]) -> None:
    """Make what is named; exit with a line if it is not done or cannot be."""
    tool = argparse.ArgumentParser(
        "python -m helpers.studies",
        description=description(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [*TABLES, *MAKERS, *registry.names()]
    tool.add_argument("name", choices=names, metavar="NAME")
    tool.add_argument(
        "--minutes",
        type=float,
        default=math.inf,
        help="begin no cell after so many; a checkpoint stops and goes on next time",
    )
    tool.add_argument(
        "--seeds", type=int, nargs="+", help="of a table or study: only these"
    )
    given = tool.parse_args(arguments)
    try:
        print(made(given.name, 60 * given.minutes, given.seeds))
    except KeyboardInterrupt:
        sys.exit("not done yet: the same command goes on")
    except ValueError as error:
        sys.exit(f"{given.name}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
