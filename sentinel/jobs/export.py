"""Export: the stored costs of some days as rows with the column names of FOCUS 1.2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from sentinel.domain.costs import Window
from sentinel.domain.matrix import CostMatrix, DatedCharge
from sentinel.domain.periods import month_of
from sentinel.domain.scopes import Dimension, product_family
from sentinel.rules.entries import Where
from sentinel.rules.matching import matcher, select
from sentinel.rules.model import Rules
from sentinel.store import Database, known_days, load_matrix

Row = dict[str, str | float | bool | None]

COLUMNS = (
    *("ProviderName", "ServiceName", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd"),
    *("ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeDescription", "BilledCost", "ConsumedQuantity"),
    *("SubAccountId", "SubAccountName", "ResourceId", "ResourceName", "RegionId"),
    *("x_TenantId", "x_ProductFamily", "x_Settled"),
)
"""The columns in their order. A sub-account is a workspace, a resource a cluster; `x_` marks what FOCUS lacks."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the spend that is asked for, as in a rule."""

    where: Where
    except_: Where = field(default_factory=Where)


def first_known_day(database: Database, rules: Rules, moment: datetime) -> date | None:
    """The first day that the history covers for any account; None where it is empty."""
    with database.read() as conn:
        known = [known_days(conn, one.name, rules.settings.settle_after, moment).covered for one in rules.accounts]
    return min((min(days) for days in known if days), default=None)


def export(database: Database, rules: Rules, part: Part, window: Window) -> Iterator[Row]:
    """Every stored cost of a window, month by month: usage, and of whole accounts credits and support as well.

    A day without a row cost nothing if it is covered, and is unknown if not: neither has a row here.
    """
    names = tuple(account.name for account in rules.accounts)
    of_account = matcher(part.where.account or ("*",))
    by_account = all(dimension is Dimension.ACCOUNT for dimension, _ in part.where.selectors)

    def asked(charge: DatedCharge) -> bool:
        return by_account and of_account(charge.account) and (charge.day or charge.month) >= window.first

    first = window.first
    while first < window.stop:
        stop = min(_month_after(first), window.stop)
        with database.read() as conn:
            matrix = load_matrix(conn, names, Window(first, stop), rules.settings.settle_after)
        yield from _usage(matrix, rules, part)
        yield from (_charge(one, rules) for one in matrix.account_charges if asked(one))
        first = stop


def _month_after(day: date) -> date:
    return month_of(day).last + timedelta(days=1)


def _usage(matrix: CostMatrix, rules: Rules, part: Part) -> Iterator[Row]:
    chosen = select(part, matrix.series, rules.settings.tier_pattern).mask
    there = chosen[:, None] & ((matrix.cost != 0) | (matrix.quantity != 0))
    for column, place in np.argwhere(there.T):
        series, day = matrix.series[place], matrix.day(int(column))
        yield {
            **_common(series.account, rules, day, day + timedelta(days=1)),
            "ChargeCategory": "Usage",
            "ChargeDescription": series.product,
            "BilledCost": round(float(matrix.cost[place, column]), 8),
            "ConsumedQuantity": float(matrix.quantity[place, column]),
            "SubAccountId": series.workspace,
            "SubAccountName": series.workspace_name,
            "ResourceId": series.cluster,
            "ResourceName": series.cluster_name,
            "RegionId": "+".join(sorted(series.regions)),
            "x_TenantId": series.tenant,
            "x_ProductFamily": product_family(series.product, rules.settings.tier_pattern),
            "x_Settled": bool(matrix.settled[matrix.account_of[place], column]),
        }


def _charge(charge: DatedCharge, rules: Rules) -> Row:
    first = charge.day or charge.month
    stop = first + timedelta(days=1) if charge.day else _month_after(charge.month)
    return {
        **_common(charge.account, rules, first, stop),
        "ChargeCategory": "Credit" if charge.cost < 0 else "Purchase",
        "ChargeDescription": charge.product,
        "BilledCost": round(charge.cost, 8),
    }


def _common(account: str, rules: Rules, first: date, stop: date) -> Row:
    known = rules.account(account)
    month = first.replace(day=1)
    return {
        "ProviderName": "WarpStream",
        "ServiceName": "WarpStream",
        "BillingAccountId": account,
        "BillingCurrency": known.currency if known else None,
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "BillingPeriodEnd": f"{_month_after(month)}T00:00:00Z",
        "ChargePeriodStart": f"{first}T00:00:00Z",
        "ChargePeriodEnd": f"{stop}T00:00:00Z",
    }
