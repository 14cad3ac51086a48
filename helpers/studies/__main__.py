"""python -m helpers.studies NAME [--minutes 3]: fill a table, or make a checkpoint.

See `helpers.studies.make_results` and `helpers.studies.make_checkpoints`.
"""

import sys

from helpers.studies import make_checkpoints, make_results

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = make_checkpoints if name in make_checkpoints.MAKERS else make_results
    chosen.main(sys.argv[1:])
