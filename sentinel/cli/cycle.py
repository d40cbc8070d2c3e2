"""`sentinel once`, `pull`, `evaluate`, `deliver`: the cycle, whole or stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.moments import parse_moment
from sentinel.cli.output import results_alone, say, write_json
from sentinel.cli.workplace import Workplace, now, open_workplace
from sentinel.domain.alerts import TransitionKind

if TYPE_CHECKING:
    from sentinel.jobs.cycle import Cycle
    from sentinel.jobs.deliver import ChannelReport
    from sentinel.jobs.evaluate import Evaluation
    from sentinel.jobs.pull_costs import AccountPull
    from sentinel.jobs.pull_invoices import InvoicePull

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="Judge at this moment, by what had been pulled then: 2026-03-03 or 2026-03-03T08:00, in UTC.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what the stored history would tell; pull, write and send nothing.")
]
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
        if as_of or dry_run:
            # The past is not pulled again, and a dry run writes nothing.
            evaluation = _evaluate(place, as_of, dry_run=dry_run, as_json=as_json)
            with results_alone(as_json):
                failed = not dry_run and _deliver(place)
        else:
            with results_alone(as_json):
                cycle = _run_cycle(place)
            evaluation, failed = cycle.evaluation, cycle.failed
            place.beat(cycle.pulls)
            _show_pulls(cycle.pulls)
            _show_invoices(cycle.invoices)
            _show_evaluation(evaluation, as_json=as_json)
            for one in cycle.made:
                say(f"report {one.report.name}: {one.report.spend.period}")
            show_reports(cycle.reports)
        firing = _is_firing(place, evaluation, dry_run=dry_run)
    if failed:
        raise typer.Exit(1)
    if fail_on_alert and firing:
        raise typer.Exit(3)


def pull(ctx: typer.Context) -> None:
    """Ask the billing API for the days that are due, and store them."""
    from sentinel.cli.progress import pull_progress
    from sentinel.jobs.pull_costs import pull_costs

    with open_workplace(ctx.obj) as place, pull_progress() as progress:
        pulls = pull_costs(place.database, place.rules, place.open_client, now, progress=progress)
    _show_pulls(pulls)
    if any(pull.failed for pull in pulls):
        raise typer.Exit(1)


def evaluate(ctx: typer.Context, *, as_of: AsOf = None, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Judge the stored history by the rules, and record what is to be told."""
    with open_workplace(ctx.obj) as place:
        _evaluate(place, as_of, dry_run=dry_run, as_json=as_json)


def deliver(
    ctx: typer.Context,
    *,
    parked: Annotated[bool, typer.Option("--parked", help="Also what was parked: its channel works again.")] = False,
) -> None:
    """Send what waits for its channel."""
    from sentinel.store import unpark

    with open_workplace(ctx.obj) as place:
        if parked:
            with place.database.write() as conn:
                say(f"{unpark(conn, now())} parked notifications are sent again")
        failed = _deliver(place)
    if failed:
        raise typer.Exit(1)


def _run_cycle(place: Workplace) -> Cycle:
    from sentinel.cli.progress import pull_progress
    from sentinel.jobs.cycle import run_cycle

    # Opened first: a channel that cannot work is told before anything is done.
    channels = place.open_channels()
    with pull_progress() as progress:
        return run_cycle(
            place.database, place.rules, place.rules_hash, place.open_client, channels, now, progress=progress
        )


def _evaluate(place: Workplace, as_of: str | None, *, dry_run: bool, as_json: bool) -> Evaluation:
    from sentinel.jobs.evaluate import evaluate as judge

    moment = parse_moment(as_of) if as_of else now()
    evaluation = judge(place.database, place.rules, place.rules_hash, moment, as_of=as_of is not None, dry_run=dry_run)
    _show_evaluation(evaluation, as_json=as_json)
    if dry_run:
        say("a dry run: nothing was pulled, written or sent")
    return evaluation


def _deliver(place: Workplace) -> bool:
    """Whether something was parked."""
    from sentinel.jobs.deliver import deliver_pending

    reports = deliver_pending(place.database, place.rules, place.open_channels(), now)
    show_reports(reports)
    return any(report.parked for report in reports)


def _show_pulls(pulls: tuple[AccountPull, ...]) -> None:
    for pull in pulls:
        say(describe_pull(pull))
        for error in pull.errors:
            say(f"  {error}")


def _show_invoices(pulls: tuple[InvoicePull, ...]) -> None:
    for pull in pulls:
        if pull.error:
            say(f"{pull.account}: no invoice: {pull.error}")
        elif pull.invoice and pull.is_new:
            say(f"{pull.account}: a new invoice, {pull.invoice.period}")


def _show_evaluation(evaluation: Evaluation, *, as_json: bool) -> None:
    from sentinel.cli.alert_view import transition_line, transition_record

    for warning in evaluation.decision.warnings:
        say(f"warning: {warning}")
    for told in evaluation.told:
        if as_json:
            write_json(transition_record(told))
        else:
            typer.echo(transition_line(told))
    if not evaluation.told:
        say("nothing new to tell")


def show_reports(reports: tuple[ChannelReport, ...]) -> None:
    """What became of the notifications of each channel."""
    for report in reports:
        silenced = f", {report.silenced} silenced" if report.silenced else ""
        if report.sent or report.put_off or report.parked or silenced:
            say(f"{report.channel}: {report.sent} sent, {report.put_off} put off, {report.parked} parked{silenced}")


def _is_firing(place: Workplace, evaluation: Evaluation, *, dry_run: bool) -> bool:
    from sentinel.store import open_alerts

    with place.database.read() as conn:
        firing = {alert.id for alert in open_alerts(conn)}
    if dry_run:
        changes = [told.transition for told in evaluation.told]
        ended = {change.alert.id for change in changes if change.kind.closes}
        return bool(firing - ended) or any(change.kind is TransitionKind.OPENED for change in changes)
    return bool(firing)


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
