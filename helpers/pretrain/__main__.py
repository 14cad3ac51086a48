"""python -m helpers.pretrain, or torchrun … -m helpers.pretrain: see --help."""

import signal
import sys

from helpers.pretrain.command import main

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
