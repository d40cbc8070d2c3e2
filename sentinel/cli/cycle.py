"""`sentinel once`, `pull`, `evaluate`, `deliver`: the cycle, whole or stage by stage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.output import say, write_json
from sentinel.cli.workplace import Workplace, now, open_workplace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentinel.jobs.deliver import ChannelReport
    from sentinel.jobs.evaluate import Evaluation
    from sentinel.jobs.pull_costs import AccountPull
    from sentinel.notify import Channel

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="Judge at this moment, by what had been pulled then: 2026-03-03 or 2026-03-03T08:00, in UTC.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be told; write and send nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
FailOnAlert = Annotated[bool, typer.Option("--fail-on-alert", help="End with exit code 3 when alerts are firing.")]


def once(
    ctx: typer.Context,
    *,
    as_of: AsOf = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    fail_on_alert: FailOnAlert = False,
) -> None:
    """One full cycle now: pull, evaluate, deliver. For cron and Kubernetes CronJobs."""
    with open_workplace(ctx.obj) as place:
        # Opened first: a channel that cannot work is told before anything is done.
        channels = {} if dry_run else place.open_channels()
        pulls = () if as_of or dry_run else _pull(place)
        evaluation = _evaluate(place, as_of, dry_run=dry_run, as_json=as_json)
        reports = _deliver(place, channels)
        firing = _is_firing(place, evaluation, dry_run=dry_run)
    if any(pull.failed for pull in pulls) or any(report.parked for report in reports):
        raise typer.Exit(1)
    if fail_on_alert and firing:
        raise typer.Exit(3)


def pull(ctx: typer.Context) -> None:
    """Ask the billing API for the days that are due, and store them."""
    with open_workplace(ctx.obj) as place:
        pulls = _pull(place)
    if any(pull.failed for pull in pulls):
        raise typer.Exit(1)


def evaluate(ctx: typer.Context, *, as_of: AsOf = None, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Judge the stored history by the rules, and record what is to be told."""
    with open_workplace(ctx.obj) as place:
        _evaluate(place, as_of, dry_run=dry_run, as_json=as_json)


def deliver(ctx: typer.Context) -> None:
    """Send what waits for its channel."""
    with open_workplace(ctx.obj) as place:
        reports = _deliver(place, place.open_channels())
    if any(report.parked for report in reports):
        raise typer.Exit(1)


def _pull(place: Workplace) -> tuple[AccountPull, ...]:
    from sentinel.cli.progress import pull_progress
    from sentinel.jobs.pull_costs import pull_costs

    with pull_progress() as progress:
        pulls = pull_costs(place.database, place.rules, place.open_client, now, progress=progress)
    for pull_ in pulls:
        say(describe_pull(pull_))
        for error in pull_.errors:
            say(f"  {error}")
    return pulls


def _evaluate(place: Workplace, as_of: str | None, *, dry_run: bool, as_json: bool) -> Evaluation:
    from sentinel.cli.alert_view import transition_line, transition_record
    from sentinel.jobs.evaluate import evaluate as judge

    moment = parse_moment(as_of) if as_of else now()
    evaluation = judge(place.database, place.rules, place.rules_hash, moment, as_of=as_of is not None, dry_run=dry_run)
    for warning in evaluation.decision.warnings:
        say(f"warning: {warning}")
    for told in evaluation.told:
        if as_json:
            write_json(transition_record(told))
        else:
            typer.echo(transition_line(told))
    say(f"{len(evaluation.told)} changes told or recorded" + (" (dry run: nothing was written)" if dry_run else ""))
    return evaluation


def _deliver(place: Workplace, channels: Mapping[str, Channel]) -> tuple[ChannelReport, ...]:
    from sentinel.jobs.deliver import deliver_pending

    reports = deliver_pending(place.database, place.rules, channels, now)
    for report in reports:
        if report.sent or report.put_off or report.parked:
            say(f"{report.channel}: {report.sent} sent, {report.put_off} put off, {report.parked} parked")
    return reports


def _is_firing(place: Workplace, evaluation: Evaluation, *, dry_run: bool) -> bool:
    from sentinel.store import open_alerts

    if dry_run:
        return any(not told.transition.kind.closes for told in evaluation.told)
    with place.database.read() as conn:
        return bool(open_alerts(conn))


def describe_pull(pulled: AccountPull) -> str:
    """One account's pull in a sentence."""
    new = sum(report.new for report in pulled.reports)
    changed = sum(report.changed for report in pulled.reports)
    vanished = sum(report.vanished for report in pulled.reports)
    days = len({day for report in pulled.reports for day in report.covered})
    told = f"{pulled.account}: {days} days covered, {new} new rows, {changed} changed, {vanished} vanished"
    aside = sum(report.kept_aside for report in pulled.reports)
    told += f", {aside} answers kept aside" if aside else ""
    return told + (f", {len(pulled.errors)} windows failed" if pulled.errors else "")


def parse_moment(text: str) -> datetime:
    """A moment in UTC: `2026-03-03` is its midnight. Raises typer.BadParameter."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment; write 2026-03-03 or 2026-03-03T08:00") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
