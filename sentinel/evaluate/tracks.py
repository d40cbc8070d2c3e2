"""What a rule says of one scope over the days it judged: the form that every kind of rule answers in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sentinel.domain.alerts import AlertDay
from sentinel.domain.findings import Finding, RuleKind
from sentinel.domain.forecasts import BudgetForecast
from sentinel.domain.scopes import Scope


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """One judged day: its figures, whether it fires (`finding`), and since when it is settled.

    `forecast` is what is foreseen of a budget's period, whether it fires or not.
    """

    figures: AlertDay
    finding: Finding | None
    settled_at: datetime | None
    forecast: BudgetForecast | None = None

    @property
    def day(self) -> date:
        """The charge day."""
        return self.figures.day

    @property
    def fires(self) -> bool:
        """Whether the day holds a finding that may be told."""
        return self.finding is not None and not self.finding.muted

    @property
    def is_normal(self) -> bool:
        """A settled day without a finding; an unsettled one may still grow into one."""
        return self.settled_at is not None and self.finding is None


def _as_it_is(finding: Finding) -> Finding:
    return finding


@dataclass(frozen=True, slots=True)
class Track:
    """One rule, scope and episode: the judged days in their order.

    `lasting`: the findings are one figure that grows (a budget's period), not one a day. `closed`: nothing that is
    still to come can change the verdict (a budget's period is over and final). `gone`: the scope has no charges left.
    `rolling`: each finding is about the days up to its own, so that the highest of the last ones says how it stands.
    `ready`: the accounts' backfill is complete, so that a new alert may be opened. `matters_from`: a change of the
    impact below this much currency is no news, however large it is in percent. `with_causes` adds to a finding why it
    is so: that takes longer than the finding itself, and is wanted of those alone that are told.
    """

    rule: str
    kind: RuleKind
    scope: Scope
    episode: str
    verdicts: tuple[DayVerdict, ...]
    lasting: bool = False
    rolling: bool = False
    closed: bool = False
    gone: bool = False
    ready: bool = True
    matters_from: float = 0.0
    with_causes: Callable[[Finding], Finding] = _as_it_is

    @property
    def key(self) -> tuple[str, str, str]:
        """At most one alert is open for it."""
        return self.rule, self.scope.key, self.episode

    @property
    def newest_settled(self) -> date | None:
        """The newest judged day that is settled."""
        return max((v.day for v in self.verdicts if v.settled_at is not None), default=None)

    @property
    def fires_now(self) -> bool:
        """Whether the newest judgeable day fires: the newest settled one, or an unsettled one after it."""
        newest = self.newest_settled
        return any(v.fires for v in self.verdicts if newest is None or v.day >= newest)

    def told_of(self, days: Sequence[DayVerdict]) -> Finding:
        """The finding of the last of these firing days, with its causes."""
        return self.with_causes(newest_finding(days))

    def highest_lately(self, settled: int) -> DayVerdict | None:
        """The highest, of equals the newest, of the last so many settled verdicts and all after them."""
        days = [v.day for v in self.verdicts if v.settled_at is not None][-settled:]
        lately = (v for v in self.verdicts if not days or v.day >= days[0])
        return max(lately, key=lambda verdict: (verdict.figures.observed, verdict.day), default=None)


def newest_finding(days: Sequence[DayVerdict]) -> Finding:
    """The finding of the last of these firing days."""
    return next(v.finding for v in reversed(days) if v.finding is not None)
