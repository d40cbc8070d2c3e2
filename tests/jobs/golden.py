"""One pinned account's alerts as lines; `python -m tests.jobs.golden` writes the file anew.

Look at the difference before you accept it: each line that changed is a message that people would get, or get no more.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sentinel import __version__
from sentinel.domain.costs import Window
from sentinel.jobs.evaluate import Told
from sentinel.jobs.replay import backtest
from sentinel.pull import decode_answer
from sentinel.rules.model import Rules
from sentinel.simulator import World, answer
from sentinel.store import open_database, record_answer

FILE = Path(__file__).parents[1] / "fixtures" / "golden" / "alerts-of-seed-1.txt"
NOW = datetime(2026, 3, 7, 14, tzinfo=UTC)
FIRST = date(2025, 12, 1)
RULES = Rules.model_validate(
    {
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "channels": {name: {"console": {}} for name in ("finops", "team", "oncall")},
        "defaults": {"notify": ["finops"]},
        "budgets": [
            {"name": "month", "amount": 5000, "period": "month"},
            {"name": "day", "amount": 110, "period": "day", "per": ["cluster"], "severity": "critical"},
        ],
        "spikes": [
            {"name": "product", "per": ["cluster", "product_family"], "direction": "both", "notify": ["team"]},
            {"name": "cluster", "per": ["cluster"], "z": 5, "severity": "critical", "notify": ["oncall"]},
            {"name": "workspace", "per": ["workspace"], "direction": "both", "min_percent": "10%"},
        ],
        "new_spend": [{"name": "new", "per": ["cluster"], "notify": ["team"]}],
    }
)


def alert_lines() -> list[str]:
    """What the rules would have told of eight clusters in fourteen weeks, a transition a line."""
    world = World.build(NOW, seed=1, clusters=8, history_days=160, daily_cost=200.0)
    with tempfile.TemporaryDirectory() as folder, open_database(f"sqlite:///{Path(folder) / 'golden.db'}") as database:
        first = world.account.first_day
        while first <= NOW.date():
            stop = min((first.replace(day=1) + timedelta(days=32)).replace(day=1), NOW.date() + timedelta(days=1))
            body = json.dumps(answer(world, first, stop, as_of=NOW)).encode()
            with database.write() as conn:
                window = Window(first, stop)
                record_answer(conn, "main", NOW, window, decode_answer(body), RULES.settings.settle_after)
            first = stop
        return [_line(told) for told in backtest(database, RULES, __version__, NOW, first=FIRST).told]


def _line(told: Told) -> str:
    transition, alert = told.transition, told.transition.alert
    finding = alert.finding
    where = " / ".join(str(place) for place in alert.scope.places) or "everything"
    teller = f"told by {alert.inhibited_by.alert_id}" if alert.inhibited_by else "told to nobody"
    return (
        f"{transition.moment:%Y-%m-%d %H:%M} {transition.kind.value} #{alert.id} {alert.severity.value} "
        f"{alert.rule}: {where}, {finding.day}: {finding.observed:.2f} against {finding.expected:.2f} "
        f"({finding.lower:.2f} to {finding.upper:.2f}), score {finding.score:.2f}, impact {alert.impact:.2f}, "
        f"{transition.reason.value} -> {', '.join(told.channels) or teller}"
    )


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text("\n".join(alert_lines()) + "\n", "utf-8")
