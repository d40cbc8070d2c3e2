"""Whom a rule tells, as its own channels, the routes and the defaults have it."""

from __future__ import annotations

from collections.abc import Iterator

from sentinel.domain.findings import Severity
from sentinel.rules.matching import is_glob, matcher
from sentinel.rules.model import Notify, Route, Rule, Rules


def told_by(rules: Rules, rule: Rule) -> str:
    """`payments where workspace payments, else finops`; `nobody`."""
    if rule.notify is not None:
        return _names(rule.notify, rule)
    said = ""
    for route in rules.routes:
        if not route.takes_rule(rule) or route.severity not in (None, *_severities(rule)):
            continue
        said += f"{_names(route.notify, rule)}{route.condition}"
        if route.takes_all_of_a_rule and not route.continue_:
            return said
        said += ", and also " if route.continue_ else ", else "
    return said + _names(rules.defaults.notify, rule)


def describe_route(route: Route) -> str:
    """`where workspace payments: tells payments`."""
    names = dict.fromkeys(name for severity in Severity for name in route.notify.channels(severity))
    return f"{route}: tells {', '.join(names) or 'nobody'}" + (", and the search goes on" if route.continue_ else "")


def heard_channels(rules: Rules) -> frozenset[str]:
    """The channels that some rule, report, route or the defaults name for something that can happen."""
    own = [rule.notify for rule in rules.all if rule.notify is not None]
    others = [*(route.notify for route in rules.routes), rules.defaults.notify]
    # Routes and defaults serve the rules that name no channels themselves.
    notifies = own + (others if any(rule.notify is None for rule in rules.all) else [])
    reported = [name for report in rules.reports for name in report.notify]
    alerted = (name for notify in notifies for severity in Severity for name in notify.channels(severity))
    return frozenset([*reported, *alerted])


def route_notes(rules: Rules) -> Iterator[str]:
    """What looks unintended about the routes."""
    closed: int | None = None
    for place, route in enumerate(rules.routes):
        for pattern in route.rule:
            if is_glob(pattern) and not any(map(matcher((pattern,)), (rule.name for rule in rules.all))):
                yield f"note: routes[{place}]: no rule is called {pattern}"
        if closed is not None:
            yield f"note: routes[{place}] is never reached: routes[{closed}] takes everything"
        elif route.takes_all_of_a_rule and not route.rule and not route.kind and not route.continue_:
            closed = place


def _names(notify: Notify, rule: Rule) -> str:
    names = dict.fromkeys(name for severity in _severities(rule) for name in notify.channels(severity))
    return ", ".join(names) or "nobody"


def _severities(rule: Rule) -> tuple[Severity, ...]:
    # A budget that can be critical is a warning below its amount, so both lists count for it.
    return tuple(Severity) if rule.severity is Severity.CRITICAL else (Severity.WARNING,)
