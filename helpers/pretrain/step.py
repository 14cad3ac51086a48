"""One step of pre-training on any number of ranks, in parts, in half precision or not.

The loss is a mean over *all* hidden tokens of a step, plus a mean over all its pairs,
whoever holds them: sum the losses, add up the counts, divide. Built in
notebooks/15_scaling_up.ipynb.
"""

import functools
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from helpers.models.attention import MultiHeadAttention
from helpers.models.bert import BERTForPretraining
from helpers.models.layers import available, use_onednn
from helpers.objectives.masking import IGNORE_INDEX, Pretraining
from helpers.pretrain import distributed
from helpers.training import Run, Settings

Loss = Callable[[nn.Module, Pretraining], tuple[Tensor, Tensor]]  # sums, in nats

HALF = {"bf16": torch.bfloat16, "fp16": torch.float16}


def precision(wanted: str, device: torch.device) -> str:
    """Return fp32, bf16 or fp16: what is wanted, or the best for this device.

    "auto" takes bf16 where the device really computes in it, else fp32. Raises
    ValueError for what it could only emulate.
    """
    gpu = device.type == "cuda"
    real = gpu and torch.cuda.is_bf16_supported(including_emulation=False)
    if wanted == "auto":
        return "bf16" if real else "fp32"
    if wanted == "fp32" or (wanted == "bf16" and real) or (wanted == "fp16" and gpu):
        return wanted
    raise ValueError(f"precision={wanted!r}: {device.type} only emulates it; try auto")


def counts(parts: list[Pretraining]) -> tuple[int, int, int]:
    """Return how many hidden tokens, pairs and real tokens there are."""
    asked = sum(int((p.targets != IGNORE_INDEX).sum()) for p in parts)
    pairs = sum(int((p.follows != IGNORE_INDEX).sum()) for p in parts)
    return asked, pairs, sum(int(p.mask.sum()) for p in parts)


def summed_losses(model: nn.Module, batch: Pretraining) -> tuple[Tensor, Tensor]:
    """Return the *sums* of both losses: over hidden tokens, over pairs, in nats."""
    asked = batch.targets != IGNORE_INDEX
    tokens, pair = model(batch.ids, batch.mask, batch.segments, asked)
    hidden = F.cross_entropy(tokens.float(), batch.targets[asked], reduction="sum")
    follows = F.cross_entropy(
        pair.float(), batch.follows, ignore_index=IGNORE_INDEX, reduction="sum"
    )
    return hidden, follows


class PretrainingRun(Run):
    """A pre-training under way on this rank; all ranks take the same steps.

    A batch is a list of parts, whose gradients add up. `hidden`, `pairs` are the last
    step's losses, `tokens` all real tokens read since the start. After `ask_to_stop` on
    any rank, `stopping` is true on all after the same step.
    """

    bar = False

    def __init__(self, model: nn.Module, settings: Settings, half: str = "fp32"):
        super().__init__(model, settings)
        self.device = next(model.parameters()).device
        self.half, self.tokens, self.hidden, self.pairs = half, 0, 0.0, 0.0
        self.asked_to_stop = self.stopping = False
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=half == "fp16")
        self.gathered: dict[str, Tensor] = {}
        distributed.copy_first(p.data for p in model.parameters())

    def ask_to_stop(self) -> None:
        """Stop all ranks after the step that they are in."""
        self.asked_to_stop = True

    def gradients(self, loss: Loss, batch: list[Pretraining]) -> float:
        """Leave the gradient of the whole step's loss, over all ranks and parts."""
        mine = [*counts(batch), self.asked_to_stop]
        n_asked, n_pairs, n_tokens, stop = distributed.total(mine)
        self.optimizer.zero_grad()
        sums = torch.zeros(2, device=self.device)
        for part in batch:
            with torch.autocast(
                self.device.type, HALF.get(self.half), self.half in HALF
            ):
                losses = loss(self.model, _moved(part, self.device))
            share = losses[0] / max(n_asked, 1) + losses[1] / max(n_pairs, 1)
            self.scaler.scale(share).backward()
            sums += torch.stack(losses).detach()
        self._add_gradients()
        hidden, pairs = distributed.total(sums.tolist())
        self.hidden, self.pairs = hidden / max(n_asked, 1), pairs / max(n_pairs, 1)
        self.check(self.hidden + self.pairs)
        self.tokens, self.stopping = self.tokens + int(n_tokens), stop > 0
        return self.hidden + self.pairs

    def _add_gradients(self) -> None:
        """Make every gradient the sum over all ranks; none is a gradient of 0."""
        for p in self.model.parameters():
            p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        distributed.add_up([p.grad for p in self.model.parameters()])

    def descend(self) -> float:
        """Clip and go one step; in fp16 a step whose gradients overflow is left out."""
        self.scaler.unscale_(self.optimizer)
        parameters = self.model.parameters()
        norm = torch.nn.utils.clip_grad_norm_(parameters, self.settings.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        return norm.item()

    def gather_random_states(self) -> None:
        """Collect the random states of all ranks, for `random_states`."""
        states = {"random": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        for name, state in states.items():
            for rank, found in enumerate(distributed.gather(state)):
                self.gathered[f"{name}.{rank}"] = found
        scale = self.scaler.state_dict()
        if scale:
            numbers = [scale["scale"], scale["_growth_tracker"]]
            self.gathered["scaler"] = torch.tensor(numbers, dtype=torch.float64)

    def random_states(self) -> dict[str, Tensor]:
        """Return the states that were gathered last."""
        return self.gathered

    def restore_random_states(self, kept: dict[str, Tensor]) -> None:
        """Go on with this rank's random numbers, if there was such a rank."""
        rank = distributed.rank()
        if f"random.{rank}" in kept:
            torch.set_rng_state(kept[f"random.{rank}"])
        if self.device.type == "cuda" and f"cuda.{rank}" in kept:
            torch.cuda.set_rng_state(kept[f"cuda.{rank}"], self.device)
        if "scaler" in kept and self.scaler.is_enabled():
            scale, tracker = kept["scaler"].tolist()
            state = self.scaler.state_dict()
            self.scaler.load_state_dict(
                state | {"scale": scale, "_growth_tracker": int(tracker)}
            )


def _moved(batch: Pretraining, device: torch.device) -> Pretraining:
    if device.type == "cpu":
        return batch
    return Pretraining(*(t.pin_memory().to(device, non_blocking=True) for t in batch))


def prepared(
    model: BERTForPretraining, device: torch.device, save_memory: bool
) -> BERTForPretraining:
    """Move a model to its device and make it fast there; return it.

    With `save_memory` each block's inner numbers are computed again on the way back
    instead of being kept: a third more work, a fraction of the memory. Source: Chen et
    al. 2016, "Training Deep Nets with Sublinear Memory Cost".
    """
    model.to(device)
    if device.type == "cpu":
        use_onednn(model, available())
    for module in model.modules():
        if isinstance(module, MultiHeadAttention):
            module.keep = module.keep.cpu()  # it is asked in each pass: no wait for it
    if save_memory:
        for block in model.bert.encoder.blocks:
            block.forward = functools.partial(
                checkpoint, block.forward, use_reentrant=False
            )
    return model.train()


def time_left(seconds: float) -> str:
    """Return a duration in words: 45 s, 12 min, 3 h 20 min, 2 d 4 h."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = math.ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
