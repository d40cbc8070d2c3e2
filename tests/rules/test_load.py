"""rules.yaml as values."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from sentinel.domain.findings import Direction, RuleKind, Severity
from sentinel.domain.periods import Period, PeriodKind
from sentinel.domain.scopes import Dimension
from sentinel.errors import RulesError
from sentinel.rules.interpolation import Surroundings
from sentinel.rules.load import load_rules, read_rules, rules_hash
from sentinel.rules.model import Budget, Rule, Rules, Weekday
from sentinel.rules.values import duration, format_duration, format_percent, percent
from tests.notify.stories import alert_of, spike
from tests.rules.loading import rules_of

EXAMPLE = Path(__file__).parent.parent.parent / "rules.yaml"
ENVIRON = {"WARPSTREAM_API_KEY": "aks_1", "SLACK_BOT_TOKEN": "xoxb-1"}


def test_the_example_says_what_it_shows() -> None:
    """The rules.yaml that the README opens with is valid and has the values one reads in it."""
    rules = load_rules(EXAMPLE, ENVIRON)
    whole, clusters = rules.budgets
    assert rules.accounts[0].api_key.get_secret_value() == "aks_1"
    assert (whole.amount, whole.period, [str(t) for t in whole.thresholds]) == (
        12000,
        PeriodKind.MONTH,
        ["50%", "80%", "100%"],
    )
    assert (clusters.per, clusters.where.workspace, clusters.severity) == (
        (Dimension.CLUSTER,),
        ("production",),
        Severity.CRITICAL,
    )
    assert rules.spikes[0].min_percent == 0.25
    assert rules.freshness.max_age == timedelta(hours=60)
    assert [rule.kind for rule in rules.all] == [
        RuleKind.BUDGET,
        RuleKind.BUDGET,
        RuleKind.SPIKE,
        RuleKind.NEW_SPEND,
        RuleKind.FRESHNESS,
    ]


def told(rules: Rules, rule: Rule, severity: Severity) -> tuple[str, ...]:
    """The channels of an alert of this severity."""
    return rules.channels_for(rule, replace(alert_of(spike()), severity=severity))


def test_the_examples_comments_are_valid_too(tmp_path: Path) -> None:
    """Whoever takes the # from the example's commented lines gets a valid file, with its defaults unchanged."""
    heading, _, body = EXAMPLE.read_text().partition("\n\n")
    assert all(line.startswith("#") for line in heading.splitlines())
    path = tmp_path / "rules.yaml"
    path.write_text(re.sub(r"^( *)# ", r"\1", body, flags=re.MULTILINE))
    rules = load_rules(path, {**ENVIRON, "ONCALL_URL": "https://example.com/hook"})
    assert sorted(rules.channels) == ["finops", "here", "oncall", "owners"]
    assert rules.settings == load_rules(EXAMPLE, ENVIRON).settings
    assert rules.mutes[0].days == Period(date(2026, 3, 1), date(2026, 3, 3))
    assert told(rules, rules.budgets[1], Severity.CRITICAL) == ("oncall", "finops")


def test_a_channel_is_what_it_was_given() -> None:
    """Each kind of channel keeps its own values, and secrets are not shown."""
    rules = rules_of(
        """channels:
  team: {slack: {token: xoxb-1, channel: "#finops"}}
  owners: {email: {to: [a@example.com, b@example.com], from: s@example.com}}
  oncall: {webhook: {url: "https://example.com/hook/123456"}}
  here: {console: {}}
"""
    )
    team, owners, oncall, here = rules.channels.values()
    assert team.slack is not None
    assert team.slack.token is not None
    assert team.slack.token.get_secret_value() == "xoxb-1"
    assert owners.email is not None
    assert (owners.email.from_, owners.email.to) == ("s@example.com", ("a@example.com", "b@example.com"))
    assert [str(channel.receiver) for channel in (team, owners, oncall, here)] == [
        "Slack #finops",
        "e-mail to a@example.com, b@example.com",
        "webhook at example.com",
        "standard output",
    ]
    assert set(rules.secrets) == {"aks_1", "xoxb-1", "https://example.com/hook/123456"}
    assert not any(secret in repr(rules) for secret in rules.secrets)


@pytest.mark.parametrize(
    ("notify", "warning", "critical"),
    [
        ("", ("a",), ("a",)),
        (", notify: [b]", ("b",), ("b",)),
        (", notify: []", (), ()),
        (", notify: {critical: [b, a, b], warning: [a]}", ("a",), ("b", "a")),
        (", notify: {critical: [b]}", (), ("b",)),
    ],
)
def test_a_rule_tells_its_own_channels_or_the_defaults(
    notify: str, warning: tuple[str, ...], critical: tuple[str, ...]
) -> None:
    """`notify` is a list or lists by severity, stands over the defaults, and may be empty."""
    rules = rules_of(
        f"channels: {{a: {{console: {{}}}}, b: {{console: {{}}}}}}\n"
        f"defaults: {{notify: [a]}}\nspikes: [{{name: s{notify}}}]\n"
    )
    assert told(rules, rules.spikes[0], Severity.WARNING) == warning
    assert told(rules, rules.spikes[0], Severity.CRITICAL) == critical


@pytest.mark.parametrize(
    ("period", "thresholds"),
    [
        ("day", ["100%"]),
        ("week", ["100%"]),
        ("month", ["50%", "80%", "100%"]),
        ("quarter", ["50%", "80%", "100%"]),
        ("year", ["50%", "80%", "100%"]),
        ("{from: 2026-01-01, to: 2026-01-03}", ["50%", "80%", "100%"]),
    ],
)
def test_thresholds_left_out_follow_the_period(period: str, thresholds: list[str]) -> None:
    """A short period is told when it is over its amount, a long one also on its way there."""
    budget = rules_of(f"budgets: [{{name: a, amount: 5, period: {period}}}]").budgets[0]
    assert [str(threshold) for threshold in budget.thresholds] == thresholds


def test_a_threshold_is_a_share_or_an_amount() -> None:
    """Both kinds stand in one ascending list, each with its level in currency and its spelling."""
    text = "budgets: [{name: a, amount: 10000, period: month, thresholds: [12.5%, {amount: 9000}, 150%]}]"
    budget = rules_of(text).budgets[0]
    assert [threshold.level(budget.amount) for threshold in budget.thresholds] == [1250, 9000, 15000]
    assert [str(threshold) for threshold in budget.thresholds] == ["12.5%", "9,000", "150%"]


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        ("day", date(2026, 3, 4), Period(date(2026, 3, 4), date(2026, 3, 4))),
        ("week", date(2026, 3, 4), Period(date(2026, 3, 1), date(2026, 3, 7))),
        ("month", date(2028, 2, 29), Period(date(2028, 2, 1), date(2028, 2, 29))),
        ("{from: 2026-01-10, to: 2026-02-03}", date(2026, 2, 3), Period(date(2026, 1, 10), date(2026, 2, 3))),
        ("{from: 2026-01-10, to: 2026-02-03}", date(2026, 2, 4), None),
    ],
)
def test_a_day_lies_in_its_budgets_period(period: str, day: date, expected: Period | None) -> None:
    """Calendar periods repeat, weeks begin on the day of the settings, and a period of its own ends."""
    rules = rules_of(f"settings: {{week_start: sunday}}\nbudgets: [{{name: a, amount: 5, period: {period}}}]")
    assert rules.settings.week_start is Weekday.SUNDAY
    assert rules.budgets[0].period_on(day, rules.settings.week_start) == expected


def test_names_of_yaml_words_stay_text() -> None:
    """A cluster called `no` or `on` is a cluster, and 12:30 is no number."""
    budget = rules_of("budgets: [{name: 'on', amount: 5, period: day, where: {cluster: [no, on, y, 12:30]}}]").budgets[
        0
    ]
    assert budget.where.cluster == ("12:30", "no", "on", "y")


def test_a_direction_includes_its_moves() -> None:
    """Up tells rises, both tells either."""
    up, both = rules_of("spikes: [{name: a}, {name: b, direction: both}]").spikes
    assert [up.direction.includes(Direction.UP), up.direction.includes(Direction.DOWN)] == [True, False]
    assert both.direction.includes(Direction.DOWN)


def test_freshness_waits_for_slow_settling() -> None:
    """Where days settle late, the default age grows with it; switched off, the rule is gone."""
    assert rules_of("settings: {settle_after: 72h}").freshness.max_age == timedelta(hours=96)
    assert rules_of("freshness: {enabled: false}").all == ()


def test_values_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    """References stand alone or inside a text, have defaults, and a mounted file may take a variable's place."""
    (tmp_path / "key").write_text("aks_from_file\n")
    (tmp_path / "token").write_text("xoxb-from-file\r\n")
    rules = rules_of(
        """accounts:
  - {name: "${NAME}-1", api_key: "${file:key}"}
  - {name: "${NAME:-x}-2", api_key: "${KEY:-fallback}"}
channels:
  a: {slack: {token: "${TOKEN}", channel: "$$${CHANNEL:-}$5"}}
budgets:
  - name: a
    amount: ${AMOUNT}
    period: ${PERIOD:-month}
""",
        {"NAME": "main", "KEY": "", "TOKEN_FILE": str(tmp_path / "token"), "AMOUNT": "12.5"},
        tmp_path,
    )
    assert [(a.name, a.api_key.get_secret_value()) for a in rules.accounts] == [
        ("main-1", "aks_from_file"),
        ("main-2", "fallback"),
    ]
    slack = rules.channels["a"].slack
    assert slack is not None
    assert slack.token is not None
    assert (slack.token.get_secret_value(), slack.channel) == ("xoxb-from-file", "$$5")
    assert (rules.budgets[0].amount, rules.budgets[0].period) == (12.5, PeriodKind.MONTH)


def test_what_a_variable_holds_is_not_read_again() -> None:
    """A value with ${...} or YAML in it stays the text that it is."""
    account = rules_of('accounts: [{name: a, api_key: "${KEY}"}]', {"KEY": "${OTHER}$${a:[1"}).accounts[0]
    assert account.api_key.get_secret_value() == "${OTHER}$${a:[1"


BUDGET = "name: a, amount: 5, period: month"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (BUDGET, "name: b, amount: 5, period: month", True),
        (BUDGET, f"{BUDGET}, notify: []", True),
        (BUDGET, f"{BUDGET}, thresholds: [50%, 80%, 100%], cost: usage, severity: warning, where: {{}}", True),
        (f"{BUDGET}, where: {{cluster: [a, b]}}", f"{BUDGET}, where: {{cluster: [b, a, b]}}", True),
        (f"{BUDGET}, where: {{cluster: a}}", f"{BUDGET}, where: {{cluster: [a]}}", True),
        (f"{BUDGET}, per: [cluster, account]", f"{BUDGET}, per: [account, cluster]", True),
        (BUDGET, "name: a, amount: 6, period: month", False),
        (BUDGET, "name: a, amount: 5, period: day, thresholds: [50%, 80%, 100%]", False),
        (BUDGET, f"{BUDGET}, severity: critical", False),
        (BUDGET, f"{BUDGET}, per: [cluster]", False),
        (f"{BUDGET}, where: {{cluster: a}}", f"{BUDGET}, except: {{cluster: a}}", False),
    ],
)
def test_a_fingerprint_follows_what_decides_in_a_rule(one: str, other: str, same: bool) -> None:
    """Names, channels, order and spelt-out defaults do not change a fingerprint; anything that decides does."""
    fingerprints = [rules_of(f"budgets: [{{{text}}}]").budgets[0].fingerprint for text in (one, other)]
    assert (fingerprints[0] == fingerprints[1]) is same


SPIKES_AND_BUDGET = f"spikes: [{{name: s}}]\nbudgets: [{{{BUDGET}}}]\n"
MUTE = "mutes: [{where: {cluster: a}, from: 2026-03-01, to: 2026-03-03, comment: %s}]\n"


@pytest.mark.parametrize(
    ("one", "other", "spike", "budget"),
    [
        ("", MUTE % "why", False, True),
        (MUTE % "one", MUTE % "two", True, True),
        ("", "settings: {settle_after: 36h, history_days: 90, pull_every: 1h}\n", True, True),
        ("", "settings: {settle_after: 12h}\n", False, False),
        ("", "settings: {week_start: sunday}\n", True, False),
        ("", "settings: {tier_pattern: ' Tier .'}\n", False, False),
    ],
)
def test_what_a_rule_is_judged_with_counts_for_its_definition(
    one: str, other: str, *, spike: bool, budget: bool
) -> None:
    """Mutes and settings that its verdicts rest on do, and no others: whether it is still the same."""
    first, second = (rules_of(text + SPIKES_AND_BUDGET) for text in (one, other))
    assert (first.fingerprint(first.spikes[0]) == second.fingerprint(second.spikes[0])) is spike
    assert (first.fingerprint(first.budgets[0]) == second.fingerprint(second.budgets[0])) is budget


def test_the_hash_of_rules_leaves_secrets_out() -> None:
    """A new key is no new rule; a new amount is."""
    text = 'accounts: [{{name: main, api_key: "${{KEY}}"}}]\nbudgets: [{{name: a, amount: {amount}, period: month}}]'
    first = rules_hash(rules_of(text.format(amount=5), {"KEY": "one"}))
    assert first == rules_hash(rules_of(text.format(amount=5), {"KEY": "two"}))
    assert first != rules_hash(rules_of(text.format(amount=6), {"KEY": "one"}))


def test_rules_do_not_change() -> None:
    """What was loaded stays as it was."""
    budget = rules_of(f"budgets: [{{{BUDGET}}}]").budgets[0]
    with pytest.raises(ValueError, match="frozen"):
        budget.amount = 6  # type: ignore[misc]  # the assignment that must fail
    assert isinstance(budget, Budget)


@how(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    """Whatever stands in the file, it is rules or a RulesError."""
    with pytest.raises(RulesError):
        read_rules(raw, "rules.yaml", Surroundings({}, Path()))


@how(deadline=None)
@given(st.text(alphabet="&*!|>%@`{}[],:?-#'\"\\ \n\tab0<~$.", max_size=60))
def test_no_yaml_raises_anything_else(text: str) -> None:
    """Broken and exotic YAML ends in problems."""
    with pytest.raises(RulesError):
        rules_of(f"budgets: [{{name: {text}}}]\n")


_EXAMPLE_TEXT = EXAMPLE.read_text()
_SLIPS = ["", ":", "[", "]", "{", "}", "- ", "'", "\n", "5", "-1", "null", "{a: b}", "[[]]", "2026-02-30", "x%"]


def _told(text: str) -> list[int]:
    """The lines of the problems of a text, 0 for those without one; nothing where it is valid."""
    try:
        read_rules(text.encode(), "rules.yaml", Surroundings(ENVIRON, Path()))
    except RulesError as error:
        return [problem.line or 0 for problem in error.problems]
    return []


@how(deadline=None)
@given(st.integers(0, len(_EXAMPLE_TEXT)), st.integers(0, 30), st.sampled_from(_SLIPS))
def test_no_edit_of_the_example_raises_anything_else(at: int, removed: int, inserted: str) -> None:
    """A slip of the hand anywhere in a good file leaves good rules, or problems in the order of their lines."""
    lines = _told(_EXAMPLE_TEXT[:at] + inserted + _EXAMPLE_TEXT[at + removed :])
    assert lines == sorted(lines)


_NAMES = st.text("abz-_. é*", min_size=1, max_size=8).filter(lambda text: text == text.strip())
_WHERES = st.dictionaries(
    st.sampled_from(["workspace", "cluster", "product"]), st.one_of(_NAMES, st.lists(_NAMES, min_size=1, max_size=3))
)
_PERIODS = st.sampled_from(["day", "week", "month", "year", {"from": "2026-01-01", "to": "2026-02-28"}])
_AMOUNTS = st.integers(1, 10**9).map(lambda cents: cents / 100)
_PERCENTS = st.lists(st.integers(1, 300), min_size=1, max_size=4, unique=True).map(sorted)
_BUDGETS = st.fixed_dictionaries(
    {"amount": _AMOUNTS, "period": _PERIODS},
    optional={
        "where": _WHERES,
        "except": _WHERES,
        "per": st.lists(st.sampled_from(list(Dimension)), unique=True),
        "thresholds": _PERCENTS.map(lambda shares: [f"{share}%" for share in shares]),
        "severity": st.sampled_from(list(Severity)),
        "notify": st.sampled_from([[], ["a"], {"critical": ["a", "b"]}]),
    },
)
_SPIKES = st.fixed_dictionaries(
    {},
    optional={
        "z": _AMOUNTS,
        "min_change": _AMOUNTS,
        "min_percent": st.integers(0, 900).map(lambda share: f"{share}%"),
        "direction": st.sampled_from(["up", "down", "both"]),
    },
)
_SETTINGS = st.fixed_dictionaries({}, optional={"pull_every": st.sampled_from(["90s", "45m", "3 days"])})


@how(deadline=None)
@given(st.lists(_BUDGETS, max_size=3), st.lists(_SPIKES, max_size=2), _SETTINGS)
def test_rules_that_are_written_out_load_as_the_same_rules(
    budgets: list[dict[str, Any]], spikes: list[dict[str, Any]], settings: dict[str, Any]
) -> None:
    """What the model says of itself in the file's notation is a valid file with the same meaning."""
    rules = rules_of(
        json.dumps(
            {
                "settings": settings,
                "accounts": [{"name": "main", "api_key": "**********"}],
                "channels": {"a": {"console": {}}, "b": {"webhook": {"url": "https://example.com"}}},
                "budgets": [{"name": f"b{at}", **budget} for at, budget in enumerate(budgets)],
                "spikes": [{"name": f"s{at}", **spike} for at, spike in enumerate(spikes)],
            }
        )
    )
    written = rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    written["channels"]["b"]["webhook"]["url"] = "https://example.com"
    again = rules_of(json.dumps(written))
    assert again == rules
    assert [rule.fingerprint for rule in again.all] == [rule.fingerprint for rule in rules.all]


@how(deadline=None)
@given(st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_duration_reads_back_as_it_was_written(span: timedelta) -> None:
    """What format_duration writes, duration reads."""
    assert duration(format_duration(span)) == span


@how(deadline=None)
@given(st.integers(1, 999_999).map(lambda cents: cents / 100))
def test_a_percent_reads_back_as_it_was_written(shown: float) -> None:
    """What format_percent writes, percent reads."""
    share = percent(f"{shown}%")
    assert percent(format_percent(share)) == pytest.approx(share, rel=1e-12)
    assert share == pytest.approx(shown / 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("30min", timedelta(minutes=30)),
        ("6h", timedelta(hours=6)),
        ("1 hour", timedelta(hours=1)),
        ("3 days", timedelta(days=3)),
        ("3d", timedelta(days=3)),
        ("2 weeks", timedelta(days=14)),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, expected: timedelta) -> None:
    """Short and long units mean the same."""
    assert duration(text) == expected


def test_how_much_a_channel_takes_at_a_time() -> None:
    """What a channel does not say it has from its kind; `never`, `none` and 0 switch off."""
    rules = rules_of(
        "channels:\n"
        "  plain: {console: {}}\n"
        "  slack: {slack: {token: x, channel: '#a'}}\n"
        "  off: {slack: {token: x, channel: '#a'}, digest_above: never, rate_limit: none, pace: 0s}\n"
        "  zero: {console: {}, digest_above: 0, rate_limit: 0}\n"
        "  own: {console: {}, digest_above: 2, rate_limit: {messages: 3, per: 1 day}, pace: 2s}\n"
    )
    settings = {
        name: (one.digest_above, one.rate_limit and (one.rate_limit.messages, one.rate_limit.per), one.pause)
        for name, one in rules.channels.items()
    }
    hour, second = timedelta(hours=1), timedelta(seconds=1)
    assert settings == {
        "plain": (5, (20, hour), timedelta(0)),
        "slack": (5, (20, hour), second),
        "off": (None, None, timedelta(0)),
        "zero": (None, None, timedelta(0)),
        "own": (2, (3, timedelta(days=1)), 2 * second),
    }


def test_how_often_people_are_reminded() -> None:
    """A rule's own word, then that of the defaults; long budgets and new spend remind only where they say so."""
    rules = rules_of(
        "defaults: {remind_every: 5 days}\n"
        "spikes: [{name: a, per: [cluster]}, {name: b, per: [cluster], remind_every: never}]\n"
        "new_spend: [{name: c}, {name: d, remind_every: 1 day}]\n"
        "budgets: [{name: e, amount: 1, period: day}, {name: f, amount: 1, period: month},"
        " {name: g, amount: 1, period: month, remind_every: 1w}]\n"
    )
    days = {rule.name: format_duration(rules.remind_every(rule)) for rule in rules.all}
    assert days == {
        "a": "5 days",
        "b": "never",
        "c": "never",
        "d": "24h",
        "e": "5 days",
        "f": "never",
        "g": "7 days",
        "freshness": "5 days",
    }
    assert rules.spikes[0].fingerprint == rules_of("spikes: [{name: a, per: [cluster]}]").spikes[0].fingerprint
