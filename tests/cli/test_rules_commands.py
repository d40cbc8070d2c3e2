"""`sentinel init`, `check` and `rules schema`, and how a command ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.command import Command

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "rules.yaml"
KEYS = {"WARPSTREAM_API_KEY": "aks_hunter2", "SLACK_BOT_TOKEN": "xoxb-hunter2"}
AT_100 = "told at 100%; tells finops"
AT_LEAST = "at least $10 a day and 25%"


def test_init_writes_the_example_and_check_accepts_it(sentinel: Command) -> None:
    """The first two commands of a newcomer end well."""
    first = sentinel("init")
    assert (first.returncode, (sentinel.folder / "rules.yaml").read_text()) == (0, EXAMPLE.read_text())
    second = sentinel("check", **KEYS)
    assert second.returncode == 0
    *said, report = second.stdout.splitlines()
    assert report.startswith("  report weekly: the last week, every monday 09:00; next on Mon ")
    assert said == [
        "rules.yaml is valid",
        "  account main (USD)",
        "  channel finops: Slack #finops",
        "  budget whole-account: $12,000 a month, told at 50%, 80%, 100% and when likely to exceed 100%; tells finops",
        f"  budget each-production-cluster: $150 a day for each cluster where workspace production, {AT_100}",
        f"  spike cluster-product: up by z 3.5, {AT_LEAST}, for each cluster and product_family; tells finops",
        "  new_spend new-cluster: first charges of $5 a day or more, for each cluster; tells finops",
        "  freshness freshness: no newer settled day for 60h; tells finops",
    ]


def test_init_keeps_a_file_that_exists(sentinel: Command) -> None:
    """Nobody's rules are overwritten: exit code 2, and the file as it was."""
    (sentinel.folder / "rules.yaml").write_text("mine")
    ended = sentinel("init")
    assert (ended.returncode, (sentinel.folder / "rules.yaml").read_text()) == (2, "mine")
    assert ended.stderr == "rules.yaml exists already, and stays as it is; name another file: sentinel init PATH\n"


def test_init_writes_where_it_is_told(sentinel: Command) -> None:
    """A path may be named; a folder that is not there is an error."""
    assert sentinel("init", "other.yaml").returncode == 0
    assert (sentinel.folder / "other.yaml").exists()
    ended = sentinel("init", "nowhere/rules.yaml")
    assert (ended.returncode, ended.stderr) == (2, "nowhere/rules.yaml cannot be written (No such file or directory)\n")


def test_six_mistakes_are_six_errors(sentinel: Command) -> None:
    """Each of six different mistakes is one line with its place, and the exit code is 2."""
    (sentinel.folder / "rules.yaml").write_text((ROOT / "tests/fixtures/rules/six_mistakes.yaml").read_text())
    ended = sentinel("check")
    assert (ended.returncode, ended.stdout) == (2, "")
    periods = (
        "day, week, month, quarter, year, or one of {from: ..., to: ...}, {rolling: 30 days}, {week_from: sunday}, "
        "{month_from: 15}, {quarter_from: february}, {year_from: april}"
    )
    dimensions = "account, tenant, workspace, cluster, region, product, product_family"
    assert ended.stderr.splitlines() == [
        "rules.yaml:5: budgets[0].amount: must be greater than 0 (got -5)",
        f'rules.yaml:6: budgets[0].period: must be one of {periods} (got "fortnight")',
        "rules.yaml:8: budgets[1].amuont: unknown key; did you mean amount?",
        f'rules.yaml:10: budgets[1].per[0]: must be one of {dimensions}; did you mean cluster? (got "clutser")',
        'rules.yaml:11: budgets[1].notify[0]: is not the name of a channel; did you mean finops? (got "finpos")',
        'rules.yaml:13: spikes[0].name: is already the name of budgets[0] in line 4 (got "whole-account")',
    ]


def test_a_missing_secret_names_its_variable(sentinel: Command) -> None:
    """Without its environment the example says what to set."""
    (sentinel.folder / "rules.yaml").write_text(EXAMPLE.read_text())
    ended = sentinel("check", SLACK_BOT_TOKEN="xoxb-1")
    assert ended.returncode == 2
    assert ended.stderr.endswith("accounts[0].api_key: the environment variable WARPSTREAM_API_KEY is not set\n")


def test_the_rules_file_can_be_named(sentinel: Command) -> None:
    """--rules stands over SENTINEL_RULES, which stands over rules.yaml."""
    (sentinel.folder / "good.yaml").write_text("accounts: [{name: main, api_key: k}]")
    (sentinel.folder / "bad.yaml").write_text("accounts: []")
    environ = {"SENTINEL_RULES": "bad.yaml"}
    assert sentinel("check", **environ).stderr == "bad.yaml:1: accounts: must not be empty\n"
    for arguments in (("--rules", "good.yaml", "check"), ("check", "good.yaml")):
        named = sentinel(*arguments, **environ)
        assert (named.returncode, named.stdout.splitlines()[0]) == (0, "good.yaml is valid")


def test_check_notes_what_looks_unintended(sentinel: Command) -> None:
    """A channel that nobody tells, a rule that tells nobody, and mail without a server are pointed at."""
    (sentinel.folder / "rules.yaml").write_text(
        "accounts: [{name: main, api_key: k, currency: EUR}]\n"
        "channels: {a: {console: {}}, b: {email: {to: [o@example.com], from: s@example.com}}}\n"
        "budgets: [{name: q, amount: 9.5, period: {from: 2026-01-01, to: 2026-03-31}, cost: net, notify: [b]}]\n"
        "mutes: [{where: {cluster: load-*}, except: {region: eu}, from: 2026-03-01, to: 2026-03-03}]\n"
    )
    ended = sentinel("check")
    assert ended.stdout.splitlines()[4:] == [
        "  budget q: €9.50 from 2026-01-01 to 2026-03-31 with credits, told at 50%, 80%, 100%; tells b",
        "  freshness freshness: no newer settled day for 60h; tells nobody",
        "  mute 2026-03-01 to 2026-03-03 where cluster load-* except region eu",
        "  note: channel b needs a mail server; set SENTINEL_SMTP_URL",
        "  note: no rule tells channel a",
    ]


def test_an_unusable_variable_ends_with_2(sentinel: Command) -> None:
    """Settings are checked like rules."""
    ended = sentinel("check", SENTINEL_LISTEN="everywhere")
    assert (ended.returncode, ended.stderr) == (2, "SENTINEL_LISTEN: must be host:port, like 127.0.0.1:8080\n")


@pytest.mark.parametrize("arguments", [["nope"], ["check", "--nope"], [], ["init", "a", "b"]])
def test_wrong_usage_ends_with_2(sentinel: Command, arguments: list[str]) -> None:
    """An unknown command or option is told on stderr, or the help is shown."""
    ended = sentinel(*arguments)
    assert ended.returncode == 2
    assert "Usage: sentinel" in ended.stderr + ended.stdout


def test_a_traceback_is_for_debugging_only(sentinel: Command) -> None:
    """Errors are messages; --debug shows where they come from."""
    plain, debugged = sentinel("check"), sentinel("--debug", "check")
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debugged.stderr
    assert "cannot be read (No such file or directory)" in debugged.stderr


def test_an_unexpected_error_is_one_message_without_secrets() -> None:
    """What sentinel has no name for ends with 1 and without a traceback, unless one asks for it."""
    program = (
        "import sys, sentinel.cli as cli\n"
        "def boom() -> None:\n    raise LookupError('no row in postgresql://user:hunter2@db/x')\n"
        "cli.app.command('boom')(boom)\n"
        "cli.main()\n"
    )
    plain, debugged = (_python(program, "boom"), _python(program, "--debug", "boom"))
    assert (plain.returncode, debugged.returncode) == (1, 1)
    assert plain.stderr.startswith("unexpected error: LookupError: no row in postgresql://***@db/x\n")
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debugged.stderr


def test_an_interrupt_ends_with_130(sentinel: Command) -> None:
    """Ctrl-C in the middle of work is no error of the program, and no success."""
    os.mkfifo(sentinel.folder / "key")
    sentinel.write_rules('accounts: [{name: main, api_key: "${file:key}"}]')
    process = sentinel.start("check")
    with (sentinel.folder / "key").open("wb"):  # opens once the command waits for the key
        assert _interrupted(process) == 130
    assert "Traceback" not in sentinel.log()


def _interrupted(process: subprocess.Popen[bytes]) -> int:
    """The exit code after Ctrl-C, pressed again while nothing happens: one that meets a destructor is lost."""
    for _ in range(60):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=2)
    pytest.fail("it does not end")


def test_the_schema_is_printed(sentinel: Command) -> None:
    """`rules schema` needs no rules, no settings and no secrets."""
    ended = sentinel("rules", "schema")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["title"] == "rules.yaml of sentinel"


def _python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program beside sentinel to its end."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


HEAVY = (
    "scipy",
    "numpy",
    "sqlalchemy",
    "sqlmodel",
    "slack_sdk",
    "httpx",
    "ruamel",
    "alembic",
    "apscheduler",
    "vl_convert",
)


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """The help of the program and of a command is shown without the libraries that do the work."""
    program = (
        "import sys, runpy\n"
        f"sys.argv = ['sentinel', *{arguments!r}]\n"
        "try:\n    runpy.run_module('sentinel', run_name='__main__')\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
        f"print('IMPORTED', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    ended = _python(program)
    assert ended.stdout.splitlines()[-1] == "IMPORTED []", ended.stderr


def test_check_says_who_is_told_of_each_rule_and_what_looks_unintended(sentinel: Command) -> None:
    """Routes in their order, what remains for the defaults, routes nothing reaches, and names that fit no rule."""
    sentinel.write_rules(
        "accounts: [{name: main, api_key: k}]\n"
        "channels: {finops: {console: {}}, payments: {console: {}}, oncall: {console: {}}, owners: {console: {}}}\n"
        "defaults: {notify: [finops]}\n"
        "routes:\n"
        "  - {severity: critical, notify: [oncall], continue: true}\n"
        "  - {where: {workspace: payments}, notify: [payments]}\n"
        "  - {rule: spyke-*, notify: [payments]}\n"
        "  - {kind: [freshness], notify: []}\n"
        "  - {notify: [finops]}\n"
        "  - {rule: spike-*, notify: [payments]}\n"
        "spikes: [{name: spike-all}, {name: spike-own, notify: [payments]}]\n"
        "budgets: [{name: whole, amount: 10, period: month, severity: critical}]\n"
    )
    said = sentinel("check")
    assert said.returncode == 0, said.stderr
    told = {line.split(":")[0].strip(): line.partition("; tells ")[2] for line in said.stdout.splitlines()}
    assert told["spike spike-all"] == "payments where workspace payments, else finops"
    assert told["spike spike-own"] == "payments"
    assert told["budget whole"] == "oncall at critical, and also payments where workspace payments, else finops"
    assert told["freshness freshness"] == "payments where workspace payments, else nobody"
    assert said.stdout.splitlines()[10:] == [
        "  route at critical: tells oncall, and the search goes on",
        "  route where workspace payments: tells payments",
        "  route rule spyke-*: tells payments",
        "  route kind freshness: tells nobody",
        "  route everything: tells finops",
        "  route rule spike-*: tells payments",
        "  note: no rule tells channel owners",
        "  note: routes[2]: no rule is called spyke-*",
        "  note: routes[5] is never reached: routes[4] takes everything",
    ]
