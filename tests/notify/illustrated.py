"""Messages as they are sent with their charts."""

from __future__ import annotations

from dataclasses import replace

from sentinel.charts import burn_down, burn_up, movers, spend
from sentinel.domain.messages import Message
from sentinel.evaluate import moves_of
from sentinel.notify import compose
from tests.charts import stories as pictures
from tests.notify.outlook_stories import outlook_transitions
from tests.notify.stories import many, messages


def illustrated() -> dict[str, Message]:
    """The messages that bring a chart, by the names of their stories."""
    told = messages()
    moved = moves_of([one.alert for one in many(12) if not one.kind.closes])
    assert moved is not None
    committed = compose(outlook_transitions()["commitment-opened"])
    return {
        "spike-opened": replace(told["spike-opened"], chart=spend(pictures.spike())),
        "budget-opened": replace(told["budget-opened"], chart=burn_up(pictures.gaps(21))),
        "commitment-opened": replace(committed, chart=burn_down(pictures.commitment())),
        "new-spend-opened": replace(told["new-spend-opened"], chart=spend(pictures.new())),
        "digest": replace(told["digest"], chart=movers(moved)),
    }
