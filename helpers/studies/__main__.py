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
"""

import argparse
import math
import sys

from helpers.studies import ablations, four_heads, label_curves, reviews, scaling
from helpers.studies.results import SEEDS, fill
from helpers.studies.weights import MAKERS, make

TABLES = {
    "ablations": ablations,
    "label_curves": label_curves,
    "four_heads": four_heads,
    "reviews": reviews,
    "scaling": scaling,
}


def main(arguments: list[str]) -> None:
    """Make what is named; exit with a line if it is not done or cannot be."""
    tool = argparse.ArgumentParser(
        "python -m helpers.studies",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    tool.add_argument("name", choices=[*TABLES, *MAKERS], metavar="NAME")
    tool.add_argument(
        "--minutes",
        type=float,
        default=math.inf,
        help="begin no cell after so many; a checkpoint stops and goes on next time",
    )
    tool.add_argument(
        "--seeds", type=int, nargs="+", default=SEEDS, help="of a table: only these"
    )
    given = tool.parse_args(arguments)
    seconds = 60 * given.minutes
    try:
        if given.name in MAKERS:
            print(make(given.name, seconds))
        else:
            print(fill(given.name, TABLES[given.name], seconds, given.seeds))
    except KeyboardInterrupt:
        sys.exit("not done yet: the same command goes on")
    except ValueError as error:
        sys.exit(f"{given.name}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
