"""The sizes that have names have the numbers of the papers."""

import pytest
import torch

from helpers.models.bert import BERT
from helpers.models.named_sizes import SIZES, sized

# encoder with pooler; Turc et al. 2019 print them in millions (4.4, 11.3, 29.1, …)
PARAMETERS = {"tiny": 4_385_920, "mini": 11_170_560, "small": 28_763_648}
PARAMETERS |= {"medium": 41_373_184, "base": 109_482_240, "large": 335_141_888}


@pytest.mark.parametrize("name", SIZES)
def test_sizes_have_the_parameters_of_the_released_models(name):
    with torch.device("meta"):
        model = BERT(SIZES[name])
    assert sum(p.numel() for p in model.parameters()) == PARAMETERS[name]


def test_a_size_takes_another_vocabulary_and_length():
    size = sized("tiny", 600, 64)
    assert (size.vocab_size, size.longest, size.d_model, size.n_heads) == (
        600,
        64,
        128,
        2,
    )
    with pytest.raises(ValueError, match="size='huge'; choose one of tiny"):
        sized("huge", 600)
