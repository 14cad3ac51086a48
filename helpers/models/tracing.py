"""Look inside one forward pass: taps name tensors, a recording collects them.

A tour lists the parts that were called, with their shapes. Built in
notebooks/02_rnn.ipynb.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
def recording(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Collect what passes through the model's taps: {tap's path in the model: tensor}.

    A tap passed several times gives its tensors stacked along a new first axis when the
    recording ends. Raises ValueError if the model has no tap.
    """
    heard: dict[str, list[Tensor]] = {}
    seen: dict[str, Tensor] = {}
    taps = [(n, m) for n, m in model.named_modules() if isinstance(m, Tap)]
    if not taps:
        raise ValueError(
            f"{type(model).__name__} has no Tap; there is nothing to record"
        )
    hooks = [
        tap.register_forward_hook(
            lambda _, __, out, name=name: heard.setdefault(name, []).append(
                out.detach()
            )
        )
        for name, tap in taps
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()
        for name, tensors in heard.items():
            seen[name] = tensors[0] if len(tensors) == 1 else torch.stack(tensors)


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


def tour(model: nn.Module, *inputs, taps: bool = False) -> list[Part]:
    """Return what one forward pass calls inside a model, in the order of the calls.

    A part that is called twice is there twice; with `taps` the tensors they name are
    there, too. `source` names the part beside it whose output went in, or the part
    around it that passed its own input on ("" is the model); None: something was
    computed in between, such as a sum. Raises ValueError if the pass calls no part.
    Built in notebooks/09_transformer_encoder.ipynb.
    """
    modules = ((m, n) for n, m in model.named_modules())
    names = {m: n for m, n in modules if taps or not isinstance(m, Tap)}
    calls: list[_Call] = []
    running = [_Call(model, _tensors(inputs))]

    def enter(module, args, given):
        around = running[-1]
        code = _calling_lines(around.module)
        running.append(_Call(module, _tensors((args, given)), around, code))
        calls.append(running[-1])

    def leave(module, args, output):
        running.pop().outputs = _tensors(output)

    inner = [module for module in names if module is not model]
    hooks = [m.register_forward_pre_hook(enter, with_kwargs=True) for m in inner]
    hooks += [m.register_forward_hook(leave) for m in inner]
    try:
        with torch.no_grad():
            model(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    if not calls:
        raise ValueError(
            f"{type(model).__name__} called no module of its own; give a model made of "
            "modules, such as nn.Sequential(nn.Linear(8, 8), nn.ReLU())"
        )
    return [_part(call, calls, names) for call in calls]


@dataclass(eq=False)
class _Call:
    """A call that is running or over, with its tensors."""

    module: nn.Module
    inputs: list[Tensor]
    around: "_Call | None" = None  # the call inside which it happened
    code: str = ""
    outputs: list[Tensor] = field(default_factory=list)


def _part(call: _Call, calls: list[_Call], names: dict[nn.Module, str]) -> Part:
    depth, around = 0, call.around
    while around.around:
        depth, around = depth + 1, around.around
    return Part(
        names[call.module],
        type(call.module).__name__,
        tuple(tuple(x.shape) for x in call.inputs),
        tuple(call.outputs[0].shape) if call.outputs else (),
        sum(p.numel() for p in call.module.parameters()),
        call.code,
        depth,
        _source(call, calls, names),
    )


def _source(call: _Call, calls: list[_Call], names: dict) -> str | None:
    """Name the part beside this call, or around it, that had its very first input."""
    if not call.inputs:
        return None
    earlier = calls[: calls.index(call)]
    for other in reversed(earlier):
        if other.around is call.around and _holds(other.outputs, call.inputs[0]):
            return names[other.module]
    passed_on = _holds(call.around.inputs, call.inputs[0])
    return names[call.around.module] if passed_on else None


def _holds(tensors: list[Tensor], x: Tensor) -> bool:
    return any(x is tensor for tensor in tensors)


def _tensors(values) -> list[Tensor]:
    """List the tensors in nested tuples, lists and dictionaries."""
    if isinstance(values, Tensor):
        return [values]
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (tuple, list)):
        return [x for value in values for x in _tensors(value)]
    return []


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
    around = [
        node
        for node in ast.walk(ast.parse(source))  # outer ones first
        if isinstance(node, ast.stmt) and node.lineno <= line <= node.end_lineno
    ]
    if not around:
        return ""
    found = _lines(source, around[-1])
    loops = [node for node in around[:-1] if isinstance(node, ast.For)]
    if not loops:
        return found
    return _lines(source, loops[-1]) + "\n" + textwrap.indent(found, "    ")


def _lines(source: str, node: ast.stmt) -> str:
    """Return a statement without its indent; of a loop or a condition, its head."""
    if body := getattr(node, "body", None):
        head = source.splitlines()[node.lineno - 1 : max(body[0].lineno - 1, 1)]
        return textwrap.dedent("\n".join(head)).split("  #")[0].rstrip()
    text = " " * node.col_offset + ast.get_source_segment(source, node)
    return textwrap.dedent(text)
