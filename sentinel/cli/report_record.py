"""A report as a record for programs; its fields are stable, amounts in currency, days in UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentinel.cli.alert_view import alert_record, scope_record

if TYPE_CHECKING:
    from sentinel.domain.reports import BudgetLine, Comparison, Moved, MovedScope, PeriodSum, Report


def report_record(made: Report) -> dict[str, Any]:
    """The whole report as one object."""
    compared = made.compared
    return {
        "report": made.name,
        "period": made.kind.value,
        "so_far": made.so_far,
        "part": made.part.strip(),
        "currency": made.currency,
        "made_at": made.made_at.isoformat(),
        "spend": _sum(made.spend),
        "before": _sum(made.before),
        "compared": None if compared is None else _compared(compared),
        "budgets": [_budget(line) for line in made.budgets.lines],
        "budgets_left_out": made.budgets.left_out,
        "alerts": [alert_record(alert) for alert in made.alerts],
        "accounts": [
            {
                "account": one.account,
                "newest_known": one.newest_known and one.newest_known.isoformat(),
                "newest_settled": one.newest_settled and one.newest_settled.isoformat(),
                "failing_since": one.failing_since and one.failing_since.isoformat(),
                "error": one.error or None,
            }
            for one in made.accounts
        ],
    }


def _sum(one: PeriodSum) -> dict[str, Any]:
    return {
        "from": one.period.first.isoformat(),
        "to": one.period.last.isoformat(),
        "usage": one.usage,
        "net": one.net if one.charges else None,
        "credits": one.charges and one.charges.credits,
        "support": one.charges and one.charges.support,
        "known_days": one.known_days,
        "unknown_days": [day.isoformat() for day in one.unknown],
        "unsettled_days": one.unsettled_days,
    }


def _compared(compared: Comparison) -> dict[str, Any]:
    return {
        "by_day": compared.by_day,
        **_moved(compared.whole),
        "clusters": [_scope(one) for one in compared.clusters.scopes],
        "products": [_scope(one) for one in compared.products.scopes],
    }


def _scope(one: MovedScope) -> dict[str, Any]:
    return {"scope": scope_record(one.scope, ()), **_moved(one.moved)}


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "was": moved.before,
        "is": moved.after,
        "change": moved.change,
        "volume": moved.volume,
        "price": moved.price,
    }


def _budget(line: BudgetLine) -> dict[str, Any]:
    forecast = line.forecast
    return {
        "rule": line.rule,
        "scope": scope_record(line.scope, ()),
        "from": line.period.first.isoformat(),
        "to": line.period.last.isoformat(),
        "running": line.running,
        "spent": line.spent,
        "amount": line.amount,
        "missing": line.missing or None,
        "unknown_days": line.unknown_days,
        "days_over": line.over,
        "days_judged": line.judged,
        "forecast": forecast
        and {"total": forecast.total, "lower": forecast.lower, "upper": forecast.upper, "above": forecast.above},
    }
