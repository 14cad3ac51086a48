"""What every committed notebook must be like: rules that return a list of faults.

Each rule takes a notebook as a dictionary. `test_structure` and `test_pace` apply them
to all notebooks, and to planted bad ones, so that every rule is seen to fail.
"""

import ast
import json
import re
import statistics
import tokenize
from collections import Counter
from typing import NamedTuple

from helpers.publishing import setup_cell
from tests.code_rules import density
from tests.leftovers import bound_anew, leftovers
from tests.run_notebooks import ROOT, source_hash

HEADINGS = (
    "Before you start",
    "The question",
    "The picture",
    "The maths",
    "The code",
    "The experiment",
    "Play",
    "The surprise",
    "Check your understanding",
    "Recap",
    "Myths",
)
MOST_SHOWN = 2500  # characters that one cell prints
PLACES = ("/work/", "/tmp/", "/root/", "/home/", "C:\\\\Users")


def text_of(cell: dict) -> str:
    """Return a cell's source as one string."""
    return "".join(cell["source"])


def code(nb: dict) -> list[dict]:
    """Return the code cells."""
    return [c for c in nb["cells"] if c["cell_type"] == "code"]


def prose(nb: dict) -> list[str]:
    """Return the texts of the markdown cells."""
    return [text_of(c) for c in nb["cells"] if c["cell_type"] == "markdown"]


def tags(cell: dict) -> list[str]:
    """Return a cell's tags."""
    return cell["metadata"].get("tags", [])


def executed_in_order(nb: dict) -> list[str]:
    """All code cells ran, once, from top to bottom."""
    counts = [c.get("execution_count") for c in code(nb)]
    wanted = list(range(1, len(counts) + 1))
    return [] if counts == wanted else [f"execution counts are {counts}"]


def clean_outputs(nb: dict) -> list[str]:
    """No cell wrote to stderr or failed; some cells have outputs."""
    outputs = [o for c in code(nb) for o in c["outputs"]]
    bad = [
        o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"
    ]
    faults = [f"error or stderr: {o}" for o in bad]
    return faults if outputs else ["no outputs: was it stripped?"]


def no_widget_state(nb: dict) -> list[str]:
    """GitHub rejects widget metadata without state."""
    return ["metadata.widgets"] if "widgets" in nb["metadata"] else []


def fresh_outputs(nb: dict) -> list[str]:
    """The outputs were made from these very sources."""
    stored = nb["metadata"].get("course", {}).get("source_sha256")
    return [] if stored == source_hash(nb) else ["sources changed since it was run"]


def same_setup(nb: dict) -> list[str]:
    """The first code cell is the series' own, folded, with its name and address."""
    cell = text_of(code(nb)[0])
    name = re.search(r'setup\("(\w+)"\)', cell)
    same = name and cell == setup_cell.fill(name[1], setup_cell.home(cell))
    faults = [] if same else ["the setup cell is not setup_cell.SETUP_CELL"]
    folded = setup_cell.FOLDED.items() <= code(nb)[0]["metadata"].items()
    return faults if folded else [*faults, "the setup cell is not folded"]


def anatomy(nb: dict) -> list[str]:
    """The title and the headings of the series, in their order."""
    lines = [line for text in prose(nb) for line in text.split("\n")]
    first = prose(nb)[0].split("\n")[0] if prose(nb) else ""
    faults = [] if re.match(r"# \d+ · \S", first) else [f"title: {first!r}"]
    found = [line[3:] for line in lines if line.startswith("## ")]
    place = 0
    for heading in HEADINGS:
        later = [i for i in range(place, len(found)) if found[i].startswith(heading)]
        if not later:
            return [*faults, f"no heading {heading!r} in its place"]
        place = later[0] + 1
    if first.startswith("# 0 ") and found[-1] != "Glossary":
        faults.append("notebook 00 ends with the glossary")
    return faults


def exercises(nb: dict) -> list[str]:
    """At least three exercises: stub, check, folded solution with one code block."""
    cells, faults, n = nb["cells"], [], 0
    for i, cell in enumerate(cells):
        names = [t.partition(":")[2] for t in tags(cell) if t.startswith("exercise:")]
        for name in names:
            n += 1
            after = [text_of(c) for c in cells[i + 1 : i + 3]]
            if f'check("{name}"' not in after[0]:
                faults.append(f"{name}: the next cell does not check it")
            blocks = re.findall(r"```python\n.*?```", after[-1], re.S)
            if "<details>" not in after[-1] or len(blocks) != 1:
                faults.append(f"{name}: no folded solution with one code block")
    return faults if n >= 3 else [*faults, f"{n} exercises; 3 are wanted"]


def predictions(nb: dict) -> list[str]:
    """At least three predict cards, each settled by a measurement below it."""
    source = "\n".join(text_of(c) for c in code(nb))
    cards = re.findall(r"^(\w+) = predict\(", source, re.M)
    open_ = [
        c
        for c in cards
        if not re.search(
            rf"\b{c}\.(settle|settle_by|unresolved)\(", source.split(f"{c} = ", 1)[1]
        )
    ]
    faults = [f"{card} is never settled" for card in open_]
    return faults if len(cards) >= 3 else [*faults, f"{len(cards)} predict cards"]


class Claim(NamedTuple):
    """A call of `claim` in a notebook: what it says, asks and shows."""

    sentence: str
    condition: ast.expr
    sources: dict[str, str]  # of the numbers that are shown: name, expression


def claims_of(nb: dict) -> list[Claim]:
    """Return a notebook's claims. Raises ValueError for one that cannot be judged."""
    found = []
    for cell in code(nb):
        try:
            tree = ast.parse(text_of(cell))
        except SyntaxError:  # a magic: no claim
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim":
                found.append(_claim(node))
    return found


def _claim(call: ast.Call) -> Claim:
    plain = len(call.args) == 2 and isinstance(call.args[0], ast.Constant)
    if not plain or not all(keyword.arg for keyword in call.keywords):
        raise ValueError(f"{ast.unparse(call)}: give a sentence, a condition, numbers")
    sources = {k.arg: ast.unparse(k.value) for k in call.keywords}
    return Claim(call.args[0].value, call.args[1], sources)


def claims(nb: dict) -> list[str]:
    """Each claim has its own sentence and compares only what it shows, at top level."""
    from tests.claims import margin

    try:
        found = claims_of(nb)
    except ValueError as error:
        return [str(error)]
    faults = [
        f"two claims say {sentence!r}"
        for sentence, n in Counter(one.sentence for one in found).items()
        if n > 1
    ]
    for one in found:
        try:
            margin(one.condition, dict.fromkeys(one.sources.values(), 1.0))
        except ValueError as error:
            faults.append(f"{one.sentence}: {error}")
    lines = [line for cell in code(nb) for line in text_of(cell).split("\n")]
    inner = [line.strip() for line in lines if re.match(r"\s+claim\(", line)]
    faults += [f"{line}: a claim stands at the left margin" for line in inner]
    return faults


def guesses(nb: dict) -> list[str]:
    """Where a notebook counts its guesses, it counts all of them."""
    source = "\n".join(text_of(c) for c in code(nb))
    counted = re.search(r"^guesses\(([^)]*)\)", source, re.M)
    if not counted:
        return ["claims, but no guesses(…) at the end"] if claims_of(nb) else []
    cards = set(re.findall(r"^(\w+) = predict\(", source, re.M))
    names = set(re.findall(r"\w+", counted[1]))
    return [f"guesses(…) leaves out {card}" for card in sorted(cards - names)]


def ignored_outputs(nb: dict) -> list[str]:
    """Few cells are left out of the comparison, each with a reason."""
    ignored = [c for c in code(nb) if "nbval-ignore-output" in tags(c)]
    faults = ["an ignored output without a reason"] * sum(
        not c["metadata"].get("reason") for c in ignored
    )
    share = len(ignored) / max(1, len(code(nb)))
    return faults if share <= 0.1 else [*faults, f"{share:.0%} of the outputs ignored"]


def portable(nb: dict) -> list[str]:
    """No pictures from elsewhere, no places of one machine, not too large."""
    everything = json.dumps(nb, ensure_ascii=False)
    pictures = re.findall(r"!\[[^\]]*\]\(http|<img[^>]+http", "\n".join(prose(nb)))
    faults = ["a picture from another server"] * bool(pictures)
    shown = json.dumps(
        [[text_of(c), [_texts(o) for o in c.get("outputs", ())]] for c in nb["cells"]]
    )
    faults += [
        f"the place {place} of one machine" for place in PLACES if place in shown
    ]
    large = len(everything.encode()) > 1_500_000
    return faults + (["larger than 1.5 MB"] if large else [])


def _texts(output: dict) -> list:
    data = output.get("data", {})
    return [output.get("text", ""), *(v for k, v in data.items() if k[:4] == "text")]


def stated_time(nb: dict) -> list[str]:
    """The text promises at least the seconds that were measured."""
    start = [text for text in prose(nb) if "## Before you start" in text]
    said = re.search(r"less than (\d+) seconds", start[0]) if start else None
    measured = nb["metadata"].get("course", {}).get("seconds", 0)
    if not said:
        return ["no 'less than N seconds' under Before you start"]
    slow = measured > int(said[1])
    return [f"took {measured} s, says less than {said[1]}"] if slow else []


def lockstep(nb: dict) -> list[str]:
    """A class or function that also lives in helpers is the same code there."""
    faults = []
    for cell in code(nb):
        for tag in tags(cell):
            if tag.startswith("lockstep:"):
                faults += _compare(tag.partition(":")[2], text_of(cell))
    return faults


def _compare(path: str, source: str) -> list[str]:
    import importlib
    import inspect

    module, _, name = path.rpartition(".")
    ours = inspect.getsource(getattr(importlib.import_module(module), name))
    here = [n for n in ast.parse(source).body if getattr(n, "name", "") == name]
    same = here and _bare(here[0]) == _bare(ast.parse(ours).body[0])
    return [] if same else [f"{path} differs from the notebook's {name}"]


def _bare(tree: ast.AST) -> str:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            if isinstance(getattr(body[0], "value", None), ast.Constant):
                del body[0]
        for name in ("annotation", "returns"):
            if hasattr(node, name):
                setattr(node, name, None)
    return ast.dump(tree)


def no_walls(nb: dict) -> list[str]:
    """No cell prints a wall of text, such as all the losses of a training."""
    faults = []
    for cell in code(nb):
        shown = sum(len(_plain(output)) for output in cell["outputs"])
        if shown > MOST_SHOWN:
            faults.append(f"{shown} characters from {text_of(cell)[:60]!r}")
    return faults


def _plain(output: dict) -> str:
    """Return what an output shows as text."""
    plain = output.get("data", {}).get("text/plain", "")
    return "".join(output.get("text", "")) + "".join(plain)


def no_leftovers(nb: dict) -> list[str]:
    """No cell reads a name that only the loop of another cell has set last."""
    return leftovers([text_of(cell) for cell in code(nb)])


STRUCTURE = (
    executed_in_order,
    clean_outputs,
    no_widget_state,
    fresh_outputs,
    same_setup,
    anatomy,
    exercises,
    predictions,
    claims,
    guesses,
    ignored_outputs,
    portable,
    stated_time,
    lockstep,
    no_leftovers,
    no_walls,
)


# ------------------------------------------------------------------------------ pace


def tokens_and_comments(source: str) -> tuple[int, int]:
    """Return a cell's code tokens and comments; a cell with magics has none."""
    try:
        found = density(source)
    except (SyntaxError, tokenize.TokenError):
        return 0, 0
    return found.tokens, found.comments


def bare_answers(cell: dict) -> int:
    """Count the printed lines that say True or False without a number beside it."""
    printed = ""
    for output in cell["outputs"]:
        printed += "".join(output.get("text", ""))
        printed += "".join(output.get("data", {}).get("text/plain", "")) + "\n"
    lines = printed.split("\n")
    bare = [x for x in lines if re.search(r"\b(True|False)\b", x)]
    return sum(not re.search(r"\d", line) for line in bare)


def pace(nb: dict) -> dict[str, float]:
    """Measure a notebook's pace: lines of code, words of text, pictures.

    The setup cell is folded, the same everywhere, and nothing to read: left out.
    """
    cells = [c for c in nb["cells"] if text_of(c).strip()]
    sources = [text_of(c) for c in code(nb) if "lesson.setup(" not in text_of(c)]
    lines = [sum(bool(x.strip()) for x in s.split("\n")) for s in sources]
    columns = [len(x) for s in sources for x in s.split("\n")]
    parsed = [tokens_and_comments(s) for s in sources]
    strip = r"<details.*?</details>|!\[.*?\]\(.*?\)|<[^>]+>|\$\$.*?\$\$"
    words = [len(re.sub(strip, "", text, flags=re.S).split()) for text in prose(nb)]
    kinds = "".join("c" if c["cell_type"] == "code" else " " for c in cells)
    shown = sum(
        any(
            kind.startswith("image/")
            for o in c["outputs"]
            for kind in o.get("data", {})
        )
        for c in code(nb)
    )
    return {
        "median code lines": statistics.median(lines),
        "longest code cell": max(lines),
        "lines over 88 columns": sum(width > 88 for width in columns),
        "tokens a line": sum(t for t, _ in parsed) / max(1, sum(lines)),
        "comments per 100 lines": 100 * sum(c for _, c in parsed) / max(1, sum(lines)),
        "bare True or False": sum(bare_answers(c) for c in code(nb)),
        "median words": statistics.median(words),
        "longest text": max(words),
        "code cells in a row": max(len(run) for run in kinds.split(" ")),
        "pictures": shown,
        "names bound anew": len(bound_anew(sources)),
    }


LIMITS = {  # of style: lowest, highest
    "median code lines": (1, 6),
    "longest code cell": (1, 25),
    "lines over 88 columns": (0, 0),
    "tokens a line": (1, 9),
    "comments per 100 lines": (10, 100),
    "bare True or False": (0, 0),
    "median words": (25, 60),
    "longest text": (25, 150),
    "code cells in a row": (1, 2),
    "pictures": (6, 99),
    "names bound anew": (0, 0),
}


def too_fast_or_slow(nb: dict, debts: dict[str, float] | None = None) -> list[str]:
    """Return the figures outside their limits, or worse than a notebook's debts.

    `debts` allow a figure that is not yet what it should be; one that is larger than
    needed is a fault, too: it may only shrink.
    """
    found, faults = pace(nb), []
    for name, (low, high) in LIMITS.items():
        value = round(found[name], 1)
        owed = (debts or {}).get(name)
        if owed is not None:
            if value != owed:
                faults.append(f"{name}: {value}, {owed} is on the list: {advice(name)}")
        elif not low <= value <= high:
            faults.append(f"{name}: {value}, not in {low} … {high}")
    return faults


def advice(name: str) -> str:
    """Return what to do where a notebook's figure is not the one on the list."""
    low, high = LIMITS[name]
    return f"write down the better one, and no worse one (the goal: {low} … {high})"


def load_all() -> dict[str, dict]:
    """Return all committed notebooks by name."""
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
