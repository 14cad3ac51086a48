"""The shape of the repository and of every notebook in it."""

import ast
import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import notebook_rules as rules
from tests.leftovers import bound_anew, leftovers

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted((ROOT / "helpers").rglob("*.py"))
# Which room may import which: a floor of rooms, then what they stand on.
GROUND = "environment tokenization pictures"
MAY_IMPORT = {
    "environment": "",
    "tokenization": "",
    "pictures": "",
    "models": "",
    "training": "environment",
    "corpora": "environment",
    "objectives": "tokenization",
    "probes": "models objectives tokenization corpora",
    "checkpoints": "environment corpora objectives models training tokenization",
    "finetuning": "environment corpora objectives models training tokenization probes",
    "studies": f"{GROUND} models training corpora objectives probes checkpoints "
    "finetuning",
    "pretrain": f"{GROUND} models training corpora objectives probes checkpoints "
    "finetuning",
    "widgets": f"{GROUND} objectives models corpora",
    "lesson": "environment pictures widgets",
    "publishing": "environment lesson pictures",  # the poster draws the atlas
    "__init__": "",
}
# Each lesson's model may use those of earlier lessons only, in this order.
MODELS = (
    "tracing layers ngram vectors word_vectors recurrent gated reach bidirectional "
    "characters elmo elmo_tasks scores seq2seq beams attention positions relative "
    "biases looker encoder stack decoder bert bert_variants sizes"
).split()
# Grammar symbols carry their arguments in one tuple, so these take more than six.
# The explorer takes the arguments of BertViz's head_view.
BORROWED = {"attention_explorer"}
NAMES_NUMBERS = {"claim"}  # the names of its numbers are what it prints
GRAMMAR = {"phrases.py", "predicates.py", "statements.py", "sentences.py"}


def load(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", rules.STRUCTURE, ids=lambda r: r.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_keeps_the_rules(path, rule):
    assert rule(load(path)) == []


def spoil(nb: dict, rule) -> dict:
    """Break one rule in a good notebook."""
    nb = copy.deepcopy(nb)
    code = rules.code(nb)
    if rule is rules.executed_in_order:
        code[3]["execution_count"] = 1
    elif rule is rules.clean_outputs:
        code[3]["outputs"] = [{"output_type": "stream", "name": "stderr", "text": "!"}]
    elif rule is rules.no_widget_state:
        nb["metadata"]["widgets"] = {}
    elif rule is rules.fresh_outputs:
        code[3]["source"] = "print(1)"
    elif rule is rules.same_setup:
        code[0]["source"] = code[0]["source"][:-1] + ["course = None"]
    elif rule is rules.anatomy:
        nb["cells"] = [c for c in nb["cells"] if "## Recap" not in rules.text_of(c)]
    elif rule is rules.exercises:
        for cell in code:
            cell["metadata"].pop("tags", None)
    elif rule is rules.predictions:
        nb["cells"] = [c for c in nb["cells"] if ".settle(" not in rules.text_of(c)]
    elif rule is rules.claims:
        code[3]["source"] = 'claim("it works", works, loss=loss)'
    elif rule is rules.guesses:
        code[3]["source"] = "guesses(first, second)"
    elif rule is rules.ignored_outputs:
        code[3]["metadata"] = {"tags": ["nbval-ignore-output"]}
    elif rule is rules.portable:
        code[3]["outputs"] = [{"output_type": "stream", "text": "/root/secret"}]
    elif rule is rules.stated_time:
        nb["metadata"]["course"]["seconds"] = 999
    elif rule is rules.lockstep:
        path = "helpers.models.recurrent.rnn_step"
        code[3]["metadata"]["tags"] = [f"lockstep:{path}"]
        code[3]["source"] = "def rnn_step(x, h, W_x, W_h, b):\n    return x"
    elif rule is rules.no_leftovers:
        code[3]["source"] = "for found in (1, 2):\n    print(found)"
        code[4]["source"] = "print(found)"
    elif rule is rules.no_walls:
        code[3]["outputs"] = [{"data": {"text/plain": "6.62, " * 500}}]
    return nb


def test_what_a_loop_left_over_is_seen_and_what_it_only_uses_is_not():
    loop = "for name, found in known.items():\n    print(found)"
    assert len(leftovers([loop, "print(found, found)"])) == 1
    for harmless in (
        "found = 1\nprint(found)",
        "print([found for found in known])",
        "print({a: [found for found in a] for a in known})",
        "print(sorted(known, key=lambda found: found[0]))",
        "def later(found):\n    return found",
        "for found in known:\n    print(found)",
        "import found\nprint(found.x)",
    ):
        assert leftovers([loop, harmless]) == [], harmless
    assert leftovers([loop + "\nprint(found)"]) == []  # in the same cell one sees it
    assert len(leftovers([loop, "found += 1"])) == 1


def test_a_name_that_is_set_again_after_its_use_is_found():
    early, use, late = "rows = [1]", "print(rows)", "rows = [2]"
    assert len(bound_anew([early, use, late])) == 1
    assert len(bound_anew([early, use, "for rows in x:\n    pass"])) == 1
    assert len(bound_anew([early, "rows += [3]", late])) == 1
    assert bound_anew([early, use, use]) == []
    assert bound_anew([early, "rows = [3]\nprint(rows)", late]) == []  # its own
    assert bound_anew([early, use, "print([rows for rows in x])", "%time x"]) == []


@pytest.mark.parametrize("rule", rules.STRUCTURE, ids=lambda r: r.__name__)
def test_every_rule_can_be_broken(rule):
    assert rule(spoil(load(NOTEBOOKS[0]), rule)) != []


def test_the_same_code_is_in_lockstep_whatever_its_docstring():
    body = "return torch.tanh(x @ W_x.T + h @ W_h.T + b)"
    source = f"def rnn_step(x, h, W_x, W_h, b):\n    {body}"
    assert rules._compare("helpers.models.recurrent.rnn_step", source) == []


def test_links_between_notebooks_lead_somewhere():
    names = {path.name for path in NOTEBOOKS}
    for path in NOTEBOOKS:
        for text in rules.prose(load(path)):
            for target in re.findall(r"\]\((\d\d_\w+\.ipynb)\)", text):
                assert target in names, f"{path.name} links to {target}"


def imported(path: Path) -> list[str]:
    """Return the full names of what a module imports, `import *` and dots refused."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert all(alias.name != "*" for alias in node.names), f"{path}: import *"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def test_each_room_imports_only_rooms_below_it():
    for path in MODULES:
        room = path.relative_to(ROOT / "helpers").parts[0].removesuffix(".py")
        for name in imported(path):
            if name.startswith("helpers."):
                asked = name.split(".")[1]
                allowed = [room, *MAY_IMPORT[room].split()]
                assert asked in allowed, f"{path}: {name}"


def test_each_model_imports_only_earlier_ones():
    for path in sorted((ROOT / "helpers/models").glob("[a-z]*.py")):
        earlier = MODELS[: MODELS.index(path.stem)]
        for name in imported(path):
            if name.startswith("helpers.models."):
                assert name.split(".")[2] in earlier, f"{path}: {name}"


LIGHT = """
helpers helpers.corpora.tasks helpers.corpora.truth helpers.corpora.pydocs
helpers.corpora.files helpers.tokenization helpers.lesson helpers.lesson.exercises
helpers.lesson.ladder helpers.pictures.drawings helpers.widgets.gallery helpers.widgets
helpers.models.ngram helpers.publishing.publish
"""


def test_importing_does_not_bring_torch():
    imports = "".join(
        f"import {name}\nif 'torch' in sys.modules: sys.exit('{name} brings torch')\n"
        for name in LIGHT.split()
    )
    command = [sys.executable, "-c", "import sys\n" + imports]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_nothing_unsafe_is_used():
    for path in [*MODULES, ROOT / "start.py"]:
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), path
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = [a.name for a in node.names] + [getattr(node, "module", "")]
                assert not {"pickle", "dill", "joblib"} & set(names), path
        assert "trust_remote_code" not in source, path


def functions(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        n
        for n in ast.walk(tree)
        if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def test_modules_and_functions_are_short():
    for path in MODULES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 250 or path.name == "lexicon.py", f"{path}: {lines} lines"
        for function in functions(path):
            length = function.end_lineno - function.lineno + 1
            assert length <= 40, f"{path}: {function.name} has {length} lines"


def test_functions_take_few_parameters():
    for path in MODULES:
        for function in functions(path):
            names = [a.arg for a in (*function.args.args, *function.args.kwonlyargs)]
            names = [n for n in names if n not in ("self", "cls")]
            few = len(names) <= 6 or path.name in GRAMMAR or function.name in BORROWED
            assert few, f"{path}: {function.name}{names}"
            named = function.args.kwarg is None or function.name in NAMES_NUMBERS
            assert named, f"{path}: {function.name} takes **"


def test_each_room_s_map_names_every_module_in_it():
    for path in MODULES:
        room = path.parent / "__init__.py"
        named = room.read_text(
            encoding="utf-8"
        )  # in its text, or as a view of its face
        if path.stem not in ("__init__", "__main__"):
            assert re.search(rf"\b{path.stem}\b", named), f"{room}: {path.stem}"
    assert len([x for x in (ROOT / "helpers").iterdir() if x.name[:3] != "__p"]) == 16


def test_a_face_holds_at_most_ten_names():
    for path in (ROOT / "helpers").rglob("__init__.py"):
        if path.parent.name not in ("widgets", "drawings"):  # as many as there are
            assert len(imported(path)) <= 10, path


def test_public_functions_have_docstrings():
    for path in MODULES:
        if path.name in GRAMMAR:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if (
                isinstance(node, (ast.FunctionDef, ast.ClassDef))
                and node.name[0] != "_"
            ):
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_the_readme_lists_every_notebook_with_its_seconds():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in NOTEBOOKS:
        [row] = [x for x in readme.split("\n") if f"(notebooks/{path.name})" in x]
        measured = load(path)["metadata"]["course"]["seconds"]
        assert row.endswith(f"| {measured} |"), f"{measured} s measured; {row}"
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme):
        assert (ROOT / picture).exists(), picture
