"""The series' map says what README and the notebooks say."""

import json
import re
from pathlib import Path

from helpers.lesson import series

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = r"\[(\d\d) · ([^\]]+)\]\(notebooks/(\w+)\.ipynb\) \| ([^|]+) \|"


def test_titles_and_questions_are_those_of_the_readme():
    rows = re.findall(ROW, README)
    assert [(title, asked.strip()) for _, title, _, asked in rows] == list(
        series.QUESTIONS.items()
    )
    assert [int(number) for number, *_ in rows] == list(range(len(rows)))


def test_each_part_of_the_way_has_its_notebooks():
    found = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert sum(series.PARTS.values()) == len(series.QUESTIONS) == len(found)


def test_the_index_of_questions_names_sections_that_are_there():
    cells = json.loads((ROOT / "notebooks/00_start_here.ipynb").read_text("utf-8"))
    texts = ["".join(cell["source"]) for cell in cells["cells"]]
    rows = re.findall(r"\]\((\w+\.ipynb)\), \*([^*]+)\* \|", "\n".join(texts))
    assert len(rows) > 30
    for name, section in rows:
        text = (ROOT / "notebooks" / name).read_text(encoding="utf-8")
        # a section, or a question that is a heading of its own
        found = f'"## {section}' in text or f'"### {section}' in text
        assert found, f"{name} has no section {section!r}"


def test_notebook_00_lists_every_notebook_with_its_title_and_question():
    cells = json.loads((ROOT / "notebooks/00_start_here.ipynb").read_text("utf-8"))
    text = "\n".join("".join(cell["source"]) for cell in cells["cells"])
    rows = re.findall(r"\*\*(\d\d)\*\* ([^\]|]+)(?:\]\((\w+\.ipynb)\))?\|(.+)\|", text)
    assert [(title, asked) for _, title, _, asked in rows] == list(
        series.QUESTIONS.items()
    )
    for number, _, link, _ in rows[1:]:  # 00 is the page that one is on
        assert link.startswith(number) and (ROOT / "notebooks" / link).exists()
