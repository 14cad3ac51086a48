"""Interactive views: arrays in, one self-contained output out; no server, no network.

Every number on screen is a number of the arrays; the static picture says the same.
"""

from helpers.widgets.attention_explorer import attention_explorer
from helpers.widgets.attention_steps import attention_steps
from helpers.widgets.bertviz_offline import bertviz_offline
from helpers.widgets.embedding_map import embedding_map
from helpers.widgets.ladder_chart import ladder_chart
from helpers.widgets.position_explorer import position_explorer
from helpers.widgets.recompute import ask
from helpers.widgets.rnn_unrolled import rnn_unrolled
from helpers.widgets.world_explorer import world_explorer

__all__ = [
    "ask",
    "attention_explorer",
    "attention_steps",
    "bertviz_offline",
    "embedding_map",
    "ladder_chart",
    "position_explorer",
    "rnn_unrolled",
    "world_explorer",
]
