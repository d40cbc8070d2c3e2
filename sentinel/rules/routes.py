"""Routes: who is told of which alerts, where their rule does not say so itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, StrictBool

from sentinel.domain.alerts import Alert
from sentinel.domain.findings import RuleKind, Severity
from sentinel.domain.scopes import Dimension, product_family
from sentinel.rules.entries import Entry, Where, spell_part
from sentinel.rules.matching import matcher
from sentinel.rules.receivers import Notify
from sentinel.rules.rule import Rule, ScopedRule
from sentinel.rules.values import Patterns


class Route(Entry):
    """Channels for the alerts that match all it names; without any matcher it takes every alert.

    The first route that matches decides; after one with `continue: true` the search goes on, and all the channels
    found are told.
    """

    where: Where = Where()
    """What the alert is about, as in a rule."""
    except_: Annotated[Where, Field(alias="except")] = Where()
    rule: Patterns = ()
    """Names of rules, exact or as globs."""
    kind: tuple[RuleKind, ...] = ()
    """Kinds of rules."""
    severity: Severity | None = None
    notify: Notify
    continue_: Annotated[StrictBool, Field(alias="continue")] = False
    """Whether the routes below are looked at as well."""

    def takes_rule(self, rule: Rule) -> bool:
        """Whether it may take alerts of a rule, whatever they are about."""
        return (not self.rule or matcher(self.rule)(rule.name)) and (not self.kind or rule.kind in self.kind)

    @property
    def takes_all_of_a_rule(self) -> bool:
        """Whether it takes every alert of the rules that it takes."""
        return not self.where and not self.except_ and self.severity is None

    @property
    def condition(self) -> str:
        """What it asks of an alert beside its rule: ` where workspace payments at critical`."""
        at = f" at {self.severity.value}" if self.severity else ""
        return f"{spell_part(self.where, self.except_)}{at}"

    def __str__(self) -> str:
        """`rule spike-* or kind budget where workspace payments at critical`, `everything`."""
        parts = [
            f"rule {' or '.join(self.rule)}" if self.rule else "",
            f"kind {' or '.join(self.kind)}" if self.kind else "",
            self.condition.strip(),
        ]
        return " ".join(part for part in parts if part) or "everything"

    def matches(self, alert: Alert, rule: Rule, tier_pattern: str) -> bool:
        """Whether it takes an alert of this rule; `tier_pattern` is what a product loses to become its family."""
        if not self.takes_rule(rule) or self.severity not in (None, alert.severity):
            return False
        return _lies_in(self.where, alert, rule, tier_pattern) and not (
            self.except_ and _lies_in(self.except_, alert, rule, tier_pattern)
        )


def matching_routes(routes: Iterable[Route], alert: Alert, rule: Rule, tier_pattern: str) -> tuple[Route, ...]:
    """The routes that an alert takes, in the order of the file; more than one only after `continue: true`."""
    taken: list[Route] = []
    for route in routes:
        if route.matches(alert, rule, tier_pattern):
            taken.append(route)
            if not route.continue_:
                break
    return tuple(taken)


def _lies_in(where: Where, alert: Alert, rule: Rule, tier_pattern: str) -> bool:
    """Whether all that an alert is about lies in the selection."""
    return all(_matches(patterns, dimension, alert, rule, tier_pattern) for dimension, patterns in where.selectors)


def _matches(patterns: tuple[str, ...], dimension: Dimension, alert: Alert, rule: Rule, tier_pattern: str) -> bool:
    matches = matcher(patterns)
    names = alert.bears(dimension)
    product = alert.scope.get(Dimension.PRODUCT)
    if dimension is Dimension.PRODUCT_FAMILY and product is not None:
        names = (product_family(product.id, tier_pattern),)
    if names:
        return any(map(matches, names))
    # The alert spans the dimension, but its rule may look at a part of it alone: then all of that part must match.
    watched: tuple[str, ...] = getattr(rule.where, dimension.value) if isinstance(rule, ScopedRule) else ()
    return bool(watched) and all(map(matches, watched))
