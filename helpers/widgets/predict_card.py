"""A question to answer before its cell has run; settled by what a cell measured.

Built in notebooks/00_start_here.ipynb.
"""

import base64
import hashlib
import json
from collections.abc import Sequence

from helpers.widgets.checks import within
from helpers.widgets.shell import View


def predict_card(
    question: str,
    options: Sequence[str],
    text: str,
    answer: tuple[int, str] | None = None,
) -> View:
    """Show a question with one button per option.

    `text` is shown where there are no scripts. With `answer` = (index, because) the
    card is settled: it tells the measurement, but only once an option is chosen, here
    or on the open card above. Raises ValueError for fewer than 2 or more than 6.
    """
    options = list(map(str, options))
    within(len(options), 2, 6, "options")
    # the same on the open card and on the settled one: so they find each other
    key = hashlib.sha256(json.dumps([question, options]).encode()).hexdigest()[:12]
    params = {"title": f"Predict: {question}", "options": options, "card": key}
    if answer is not None:
        right, because = answer
        sealed = json.dumps({"right": right, "because": because})
        params["title"] = f"Settled: {question}"
        params["sealed"] = base64.b64encode(sealed.encode()).decode()
    return View("predict_card", params, text=text)
