"""Look inside one forward pass: taps name tensors, a recording collects them.

A tour lists the parts that were called, with their shapes. Built in
notebooks/02_rnn.ipynb and notebooks/09_transformer_encoder.ipynb.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Tap(nn.Module):
    """Pass a tensor through, unchanged; a `recording` hears it under the tap's name.

    Costs one call when nobody records. Put it where a tensor is worth seeing:
    `h = self.tap_hidden(h)` with `self.tap_hidden = Tap()`.
    """

    def forward(self, x: Tensor) -> Tensor:
        return x

    @property
    def heard(self) -> bool:
        """Say whether somebody records: only then is a tensor made just for a tap."""
        return bool(self._forward_hooks)


@contextmanager
def recording(model: nn.Module) -> Iterator[dict[str, Tensor | list[Tensor]]]:
    """Collect what passes through the model's taps: {tap's path in the model: tensor}.

    A tap passed several times gives its tensors stacked along a new first axis when the
    recording ends; where their shapes differ, as while a text is written token by
    token, a list of them, one for each call. Raises ValueError for a model without tap.
    """
    taps = [(n, m) for n, m in model.named_modules() if isinstance(m, Tap)]
    if not taps:
        raise ValueError(
            f"{type(model).__name__} has no Tap; there is nothing to record"
        )
    heard: dict[str, list[Tensor]] = {}
    seen: dict[str, Tensor | list[Tensor]] = {}

    def hear(name: str, tap: Tap, inputs: tuple, output: Tensor) -> None:
        heard.setdefault(name, []).append(output.detach())

    hooks = [tap.register_forward_hook(partial(hear, name)) for name, tap in taps]
    try:
        yield seen
    finally:
        _remove(hooks)
        for name, tensors in heard.items():
            shapes = {tensor.shape for tensor in tensors}
            together = torch.stack(tensors) if len(shapes) == 1 else tensors
            seen[name] = tensors[0] if len(tensors) == 1 else together


def _remove(hooks: list) -> None:
    for hook in hooks:
        hook.remove()


class Part(NamedTuple):
    """One call of one module during a forward pass; shapes are tuples of numbers."""

    name: str  # its path in the model: "blocks.0.attend"
    kind: str  # its class
    inputs: tuple[tuple[int, ...], ...]  # of every tensor that went in
    output: tuple[int, ...]  # of the first tensor that came out
    parameters: int  # weights of the module and of its parts
    code: str  # the lines of `forward` that were calling it
    depth: int  # inside how many other parts it was called
    source: str | None = None  # whose output its first input is; see `tour`


def tour(model: nn.Module, *inputs: object, taps: bool = False) -> list[Part]:
    """Return what one forward pass calls inside a model, in the order of the calls.

    A part that is called twice is there twice; with `taps` the tensors they name are
    there, too. `source` names the part beside it whose output went in, or the part
    around it that passed its own input on ("" is the model); None: something was
    computed in between, such as a sum. Raises ValueError if the pass calls no part.
    Built in notebooks/09_transformer_encoder.ipynb.
    """
    calls: list[_Call] = []
    running = [_Call("", model, _tensors(inputs))]
    hooks = []

    def enter(module: nn.Module, args: tuple, kwargs: dict) -> None:
        around = running[-1]
        code = _calling_lines(around.module)
        inside = _tensors((args, kwargs))
        call = _Call(names[module], module, inside, around, code)
        running.append(call)
        calls.append(call)

    def leave(module: nn.Module, args: tuple, output: object) -> None:
        running.pop().outputs = _tensors(output)

    names = {module: name for name, module in model.named_modules()}
    for module in names:
        if module is not model and (taps or not isinstance(module, Tap)):
            hooks.append(module.register_forward_pre_hook(enter, with_kwargs=True))
            hooks.append(module.register_forward_hook(leave))
    try:
        with torch.no_grad():
            model(*inputs)
    finally:
        _remove(hooks)
    if not calls:
        raise ValueError(
            f"{type(model).__name__} called no module of its own; give a model made of "
            "modules, such as nn.Sequential(nn.Linear(8, 8), nn.ReLU())"
        )
    return [_part(call, calls[:i]) for i, call in enumerate(calls)]


@dataclass(eq=False)
class _Call:
    """A call that is running or over, with its tensors."""

    name: str
    module: nn.Module
    inputs: list[Tensor]
    around: "_Call | None" = None  # the call inside which it happened
    code: str = ""
    outputs: list[Tensor] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """Return inside how many others it happened: −1 for the model's own call."""
        return -1 if self.around is None else self.around.depth + 1


def _part(call: _Call, earlier: list[_Call]) -> Part:
    return Part(
        call.name,
        type(call.module).__name__,
        tuple(tuple(x.shape) for x in call.inputs),
        tuple(call.outputs[0].shape) if call.outputs else (),
        sum(p.numel() for p in call.module.parameters()),
        call.code,
        call.depth,
        _source(call, earlier),
    )


def _source(call: _Call, earlier: list[_Call]) -> str | None:
    """Name the part beside this call, or around it, that had its very first input."""
    if not call.inputs:
        return None
    first = call.inputs[0]
    for other in reversed(earlier):
        if other.around is call.around and _holds(other.outputs, first):
            return other.name
    return call.around.name if _holds(call.around.inputs, first) else None


def _holds(tensors: list[Tensor], x: Tensor) -> bool:
    return any(x is tensor for tensor in tensors)


def _tensors(values: object) -> list[Tensor]:
    """List the tensors in nested tuples, lists and dictionaries."""
    if isinstance(values, Tensor):
        return [values]
    if isinstance(values, dict):
        values = list(values.values())
    found = []
    if isinstance(values, (tuple, list)):
        for value in values:
            found += _tensors(value)
    return found


def _calling_lines(module: nn.Module) -> str:
    """Return the statement that a method of the module is at now, with its loop."""
    frame = sys._getframe()
    while frame and frame.f_locals.get("self") is not module:
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename == nn.modules.module.__file__:
        return ""
    try:
        lines, first = inspect.getsourcelines(frame.f_code)
        source = textwrap.dedent("".join(lines))
        return _statement(source, frame.f_lineno - first + 1)
    except (OSError, SyntaxError):  # made without a file, or not a whole function
        return ""


def _statement(source: str, line: int) -> str:
    """Return the innermost statement at a line, below the head of its loop."""
    around = []  # outer ones first
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= node.end_lineno:
            around.append(node)
    if not around:
        return ""
    found = _lines(source, around.pop())
    loops = [node for node in around if isinstance(node, ast.For)]
    if not loops:
        return found
    return _lines(source, loops[-1]) + "\n" + textwrap.indent(found, "    ")


def _lines(source: str, node: ast.stmt) -> str:
    """Return a statement without its indent; of a loop or a condition, its head."""
    body = getattr(node, "body", None)
    if not body:
        text = " " * node.col_offset + ast.get_source_segment(source, node)
        return textwrap.dedent(text)
    last = max(body[0].lineno - 1, 1)  # the line above the body
    head = "\n".join(source.splitlines()[node.lineno - 1 : last])
    return textwrap.dedent(head).split("  #")[0].rstrip()
