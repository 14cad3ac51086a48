"""The recompute tier: a text box and a button that make a view anew.

Only what ipywidgets 7.7 and 8 share, so it works in Colab too. Without a kernel the
precomputed example stays. Built in notebooks/07_self_attention.ipynb.
"""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from IPython.display import display

from helpers.environment import is_static
from helpers.widgets.shell import View

LONGEST = 600  # characters


def ask(
    compute: Callable[[str], object],
    view: Callable[[object], View],
    example: str,
    label: str = "Your sentence",
    longest: int = LONGEST,
) -> View | None:
    """Show `view(compute(text))` for the example, and for any text typed below it.

    Text that is empty or longer than `longest` characters, and a ValueError of
    `compute` or `view`, give a sentence below the box; the last view stays. In static
    mode the example's view is returned and no box is made. Returns None otherwise.
    """
    first = view(compute(checked(example, longest)))
    if is_static():
        return first
    try:
        import ipywidgets
    except ImportError:
        print("No box for your own text: `pip install ipywidgets`, then run again.")
        return first
    box = ipywidgets.Text(value=example, description=label, layout={"width": "80%"})
    box.style.description_width = "initial"  # as wide as its text
    button = ipywidgets.Button(description="Compute", button_style="primary")
    message = ipywidgets.Label(value="Type, then press Compute (Tab, then Space).")
    handle = display(first, display_id=True)

    def renew(_) -> None:
        button.disabled = True
        message.value = "Computing …"
        try:
            handle.update(view(compute(checked(box.value, longest))))
            message.value = "Done: the view above shows your text."
        except ValueError as error:
            message.value = f"Not computed: {error}"
        finally:
            button.disabled = False

    button.on_click(renew)
    display(ipywidgets.VBox([box, button, message]))


def checked(text: str, longest: int = LONGEST) -> str:
    """Return the text without blanks at its ends; refuse an empty or a long one."""
    text = " ".join(text.split())
    if not text:
        raise ValueError("the text is empty; type at least one word")
    if len(text) > longest:
        raise ValueError(
            f"the text has {len(text):,} characters; give at most {longest}"
        )
    return text


def known_words(text: str, known: Sequence[str], longest: int = 32) -> list[str]:
    """Cut a text into words that a model knows; "." is a word.

    Raises ValueError for fewer than 2 or more than `longest` words, and for an unknown
    word: it names it, and words that work instead.
    """
    tokens = text.replace(".", " .").split()
    for word in tokens:
        if word not in known:
            near = ", ".join(get_close_matches(word, known, 5, 0))
            raise ValueError(f"the model does not know {word!r}; it knows {near}")
    if not 2 <= len(tokens) <= longest:
        raise ValueError(f"{len(tokens)} words; give 2 to {longest}")
    return tokens
