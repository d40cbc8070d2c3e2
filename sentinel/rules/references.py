"""What one part of rules.yaml says of another: names that must be unique, and names that must exist.

It reads plain data, not the model, so that these mistakes are told together with all the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sentinel.rules.document import Document, Location, spell
from sentinel.rules.matching import is_glob, matcher
from sentinel.rules.values import is_currency
from sentinel.rules.wording import Mistake, did_you_mean, got

_RULE_SECTIONS = ("budgets", "spikes", "new_spend", "commitments", "credits")
_FRESHNESS = "freshness"
_RECONCILIATION = "reconciliation"
_RESERVED = {
    _FRESHNESS: "the rule that watches the data's age",
    _RECONCILIATION: "the rule that checks invoices",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One mapping of a list section, and where it stands."""

    path: Location
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Text:
    """One text, and where it stands."""

    path: Location
    text: str


def broken_references(document: Document) -> Iterator[Mistake]:
    """Names used twice, channels and accounts that do not exist, and rules that mix currencies."""
    accounts = _entries(document.data, "accounts")
    rules = [entry for section in _RULE_SECTIONS for entry in _entries(document.data, section)]
    mutes = _entries(document.data, "mutes")
    reports = _entries(document.data, "reports")
    yield from _used_twice(accounts, document, {})
    yield from _used_twice([*rules, *reports], document, _RESERVED)
    routes = _entries(document.data, "routes")
    yield from _unknown_channels(document, [*rules, *routes, *reports])
    yield from _reports_that_page(document, reports)
    yield from _unknown_rules(document, routes, rules)
    names = tuple(name.text for entry in accounts for name in _texts(entry.data.get("name"), (*entry.path, "name")))
    overrides = [override for rule in rules for override in _entries(rule.data, "overrides", rule.path)]
    yield from _unknown_accounts(document, [*rules, *overrides, *routes, *mutes, *reports], names)
    yield from _mixed_currencies([*rules, *reports], accounts)


def _used_twice(entries: list[_Entry], document: Document, taken: dict[str, str]) -> Iterator[Mistake]:
    first = dict(taken)
    for entry in entries:
        path = (*entry.path, "name")
        for name in _texts(entry.data.get("name"), path):
            if name.text in first:
                yield Mistake(path, f"is already the name of {first[name.text]}{got(path, name.text, document)}")
            else:
                first[name.text] = f"{spell(entry.path)} in line {document.line(entry.path)}"


def _unknown_channels(document: Document, rules: list[_Entry]) -> Iterator[Mistake]:
    root = _mapping(document.data)
    channels = tuple(_mapping(root.get("channels")))
    tellers = [*rules, *(_Entry((key,), _mapping(root.get(key))) for key in ("defaults", *_RESERVED))]
    for teller in tellers:
        for name in _notified(teller):
            if name.text not in channels:
                hint = did_you_mean(name.text, channels) if channels else "; there are none under channels"
                yield Mistake(name.path, f"is not the name of a channel{hint}{got(name.path, name.text, document)}")


def _reports_that_page(document: Document, reports: list[_Entry]) -> Iterator[Mistake]:
    channels = _mapping(_mapping(document.data).get("channels"))
    for report in reports:
        for name in _notified(report):
            if "pagerduty" in _mapping(channels.get(name.text)):
                yield Mistake(name.path, f"opens incidents, and a report is none{got(name.path, name.text, document)}")


def _notified(teller: _Entry) -> Iterator[_Text]:
    notify, path = teller.data.get("notify"), (*teller.path, "notify")
    by_severity = notify.items() if isinstance(notify, Mapping) else ()
    lists = [(path, notify), *(((*path, str(severity)), names) for severity, names in by_severity)]
    for place, names in lists:
        if isinstance(names, list):
            yield from _texts(names, place)


def _unknown_rules(document: Document, routes: list[_Entry], rules: list[_Entry]) -> Iterator[Mistake]:
    known = (*(name.text for rule in rules for name in _texts(rule.data.get("name"), ())), *_RESERVED)
    for route in routes:
        for name in _texts(route.data.get("rule"), (*route.path, "rule")):
            if not is_glob(name.text) and name.text not in known:
                hint = did_you_mean(name.text, known)
                yield Mistake(name.path, f"is not the name of a rule{hint}{got(name.path, name.text, document)}")


def _unknown_accounts(document: Document, entries: list[_Entry], accounts: tuple[str, ...]) -> Iterator[Mistake]:
    for entry in entries:
        for key in ("where", "except"):
            path = (*entry.path, key, "account")
            for pattern in _texts(_mapping(entry.data.get(key)).get("account"), path):
                if not any(map(matcher([pattern.text]), accounts)):
                    hint = did_you_mean(pattern.text, accounts)
                    shown = got(pattern.path, pattern.text, document)
                    yield Mistake(pattern.path, f"is not the name of an account{hint}{shown}")


def _mixed_currencies(rules: list[_Entry], accounts: list[_Entry]) -> Iterator[Mistake]:
    currency_of = {str(entry.data.get("name")): str(entry.data.get("currency", "USD")) for entry in accounts}
    for rule in rules:
        currencies = {currency_of[account] for account in _accounts_of(rule, tuple(currency_of))}
        if len(currencies) > 1 and all(map(is_currency, currencies)):
            spelt = ", ".join(sorted(currencies))
            yield Mistake(rule.path, f"mixes accounts in {spelt}: choose accounts of one currency with where")


def _accounts_of(rule: _Entry, accounts: tuple[str, ...]) -> list[str]:
    where, excepted = _mapping(rule.data.get("where")), _mapping(rule.data.get("except"))
    wanted = [pattern.text for pattern in _texts(where.get("account"), ())] or ["*"]
    # An `except` that names more than the account leaves a part of it in.
    left_out = [pattern.text for pattern in _texts(excepted.get("account"), ())] if set(excepted) == {"account"} else []
    return [account for account in accounts if matcher(wanted)(account) and not matcher(left_out)(account)]


def _entries(data: object, section: str, around: Location = ()) -> list[_Entry]:
    entries = _mapping(data).get(section)
    if not isinstance(entries, list):
        return []
    return [
        _Entry((*around, section, index), entry) for index, entry in enumerate(entries) if isinstance(entry, Mapping)
    ]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object, path: Location) -> list[_Text]:
    if isinstance(value, str):
        return [_Text(path, value)]
    items: Sequence[object] = value if isinstance(value, list) else ()
    return [_Text((*path, index), item) for index, item in enumerate(items) if isinstance(item, str)]
