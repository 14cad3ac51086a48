"""The shape of the repository and of every notebook in it."""

import ast
import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import helpers
from tests import notebook_rules as rules

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted((ROOT / "helpers").rglob("*.py"))
# who may import whom: full names of packages or modules below helpers
MAY_IMPORT = {
    "corpora": {"corpora"},
    "tokenizers": set(),
    "wordpiece": set(),
    "tracing": set(),
    "training": set(),
    "pictures": set(),
    "plots": {"pictures"},
    "lesson": {"first_cell"},
    "first_cell": set(),
    "publishing": {"first_cell", "publishing"},
    "exercises": {
        "exercise_inputs",
        "exercise_inputs_05",
        "exercise_inputs_10",
        "widgets",
    },
    "exercise_inputs": set(),
    "exercise_inputs_05": {"exercise_inputs"},
    "exercise_inputs_10": {"exercise_inputs"},
    "letters": set(),
    "widgets": {
        "widgets",
        "pictures",
        "plots",
        "token_plots",
        "diagrams",
        "masking",
        "sizes",
        "wordpiece",
    },
    "token_plots": {"pictures"},
    "diagrams": {"pictures", "token_plots"},
    "ladder": {"pictures", "plots", "widgets"},
    "objectives": {"tokenizers"},
    "masking": {"objectives", "wordpiece"},
    "sizes": {"models"},
    "scaling": {
        "ablations",
        "corpora",
        "models",
        "results",
        "story_bert",
        "training",
    },
    "sharing": set(),
    "story_bert": {"corpora", "masking", "models", "training", "wordpiece"},
    "models": {"models", "tracing"},
    "probes": {"masking", "models", "objectives", "tokenizers", "wordpiece"},
    "checkpoints": set(),
    "bert_files": {"checkpoints", "masking", "models", "wordpiece"},
    "real_bert": {"bert_files"},
    "heads": set(),
    "resume": {"checkpoints", "training"},
    "docs_bert": {
        "checkpoints",
        "masking",
        "models",
        "objectives",
        "training",
        "wordpiece",
    },
    "results": {"checkpoints"},
    "ablations": {
        "finetuning",
        "four_tasks",
        "masking",
        "models",
        "story_bert",
        "training",
        "wordpiece",
    },
    "answers": set(),
    "baselines": set(),
    "four_tasks": {"corpora"},
    "finetuning": {
        "answers",
        "four_tasks",
        "masking",
        "models",
        "objectives",
        "training",
        "wordpiece",
    },
    "reviews": {"baselines", "objectives", "probes", "training"},
    "curves": {
        "checkpoints",
        "corpora",
        "finetuning",
        "four_tasks",
        "models",
        "results",
        "reviews",
        "story_bert",
        "training",
    },
    "make_results": {
        "ablations",
        "curves",
        "real_bert",
        "checkpoints",
        "corpora",
        "four_tasks",
        "models",
        "results",
        "resume",
        "scaling",
        "story_bert",
        "training",
    },
    "make_checkpoints": {
        "masking",
        "story_bert",
        "docs_bert",
        "resume",
        "checkpoints",
        "corpora",
        "models",
        "objectives",
        "tokenizers",
        "training",
    },
    "gallery": {
        "corpora",
        "exercises",
        "gallery_inputs",
        "ladder",
        "masking",
        "models",
        "tracing",
        "widgets",
    },
    "gallery_inputs": {"models", "widgets", "wordpiece"},
    "distributed": set(),
    "chance": set(),
    "shards": {"checkpoints"},
    "pretrain_sizes": {"models"},
    "pretrain_pieces": {"wordpiece"},
    "pretrain_text": {
        "corpora",
        "docs_bert",
        "pretrain_pieces",
        "shards",
        "story_bert",
        "training",
        "wordpiece",
    },
    "pretrain_batches": {"chance", "distributed", "masking", "shards", "wordpiece"},
    "pretrain_run": {"distributed", "masking", "models", "training"},
    "pretrain_help": {"distributed", "pretrain_sizes"},
    "pretrain_options": {"pretrain_help", "pretrain_sizes", "training"},
    "pretrain_keeping": {
        "bert_files",
        "checkpoints",
        "distributed",
        "pretrain_batches",
        "pretrain_options",
        "pretrain_run",
        "resume",
    },
    "pretrain": {
        "distributed",
        "models",
        "pretrain_batches",
        "pretrain_keeping",
        "pretrain_options",
        "pretrain_run",
        "pretrain_sizes",
        "pretrain_text",
        "shards",
        "training",
    },
    "__init__": set(),
}
# Grammar symbols carry their arguments in one tuple, so these take more than six.
# The explorer takes the arguments of BertViz's head_view.
BORROWED = {"attention_explorer"}
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
    elif rule is rules.ignored_outputs:
        code[3]["metadata"]["tags"] = ["nbval-ignore-output"]
    elif rule is rules.portable:
        code[3]["outputs"] = [{"output_type": "stream", "text": "/root/secret"}]
    elif rule is rules.stated_time:
        nb["metadata"]["course"]["seconds"] = 999
    elif rule is rules.lockstep:
        path = "helpers.models.recurrent.rnn_step"
        code[3]["metadata"]["tags"] = [f"lockstep:{path}"]
        code[3]["source"] = "def rnn_step(x, h, W_x, W_h, b):\n    return x"
    return nb


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


def test_helpers_import_only_what_the_architecture_allows():
    for path in MODULES:
        where = path.relative_to(ROOT / "helpers").parts
        mine = where[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: relative import"
                assert all(alias.name != "*" for alias in node.names), (
                    f"{path}: import *"
                )
                base = node.module
                names = [
                    f"{base}.{a.name}" if base == "helpers" else base
                    for a in node.names
                ]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                if name.startswith("helpers."):
                    assert name.split(".")[1] in MAY_IMPORT[mine], f"{path}: {name}"


@pytest.mark.parametrize(
    "name",
    [
        "helpers",
        "helpers.corpora.tasks",
        "helpers.corpora.truth",
        "helpers.corpora.pydocs",
        "helpers.corpora.files",
        "helpers.tokenizers",
        "helpers.lesson",
        "helpers.exercises",
        "helpers.ladder",
        "helpers.diagrams",
        "helpers.gallery",
        "helpers.widgets",
        "helpers.models.ngram",
    ],
)
def test_importing_does_not_bring_torch(name):
    check = f"import sys, {name}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT).returncode == 0


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
            assert function.args.kwarg is None, f"{path}: {function.name} takes **"


def test_the_map_names_every_module():
    for path in MODULES:
        if path.stem != "__init__":
            assert re.search(rf"\b{path.stem}\b", helpers.__doc__), path


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


def test_the_readme_lists_every_notebook():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in NOTEBOOKS:
        assert f"notebooks/{path.name}" in readme
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme):
        assert (ROOT / picture).exists(), picture
