"""T5 and RoPE on two back at four learning rates each: does the fall hang on the rate?

All else is as in the study `positions`. Built in notebooks/08_positions.ipynb.
"""

from helpers.studies import positions
from helpers.studies.positions import Arm

BY_NAME = {
    f"{scheme}, rate {rate:g}": (scheme, rate)
    for scheme in ("T5", "RoPE")
    for rate in positions.RATES
}
ARMS = tuple(BY_NAME)
SEEDS = positions.SEEDS
RATES = ()  # each arm has its own
TUNED = "loss"
POINTS = {"right": positions.LENGTHS}
CODE = (*positions.CODE, "helpers.studies.positions")


def measure(arm: str, rate: None, seed: int, part: str) -> dict:
    """Train one reader at the rate of its arm; return its right answers by length."""
    scheme, rate = BY_NAME[arm]
    reader = positions.trained(Arm(scheme), rate, seed)
    shares = [positions.right(reader, "two back", n) for n in positions.LENGTHS]
    return {"right": [share.mean().item() for share in shares]}
