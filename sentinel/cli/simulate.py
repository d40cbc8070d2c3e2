"""`sentinel simulate`: a simulated billing API."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.output import say, write_json
from sentinel.errors import UsageError

if TYPE_CHECKING:
    from sentinel.simulator import Incident


def simulate(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on 127.0.0.1; 0 takes a free one.")] = 8474,
    seed: Annotated[int, typer.Option(help="Another seed is another account.")] = 1,
    clusters: Annotated[int, typer.Option(min=8, max=500, help="How many clusters the account has.")] = 24,
    key: Annotated[str, typer.Option(help="The key that requests must bring.")] = "simulated",
    truth: Annotated[bool, typer.Option("--truth", help="Print the planted incidents as JSON and end.")] = False,
    wrong_invoice: Annotated[
        bool, typer.Option("--wrong-invoice", help="Bill one product of one cluster wrongly on the newest invoice.")
    ] = False,
    chaos: Annotated[bool, typer.Option("--chaos", help="Answer some requests as a failing API would.")] = False,
) -> None:
    """Serve the billing API of a simulated account on loopback, until interrupted."""
    from sentinel.simulator import Chaos, Server, World, some_corrections, some_mistake

    world = World.build(datetime.now(UTC), seed=seed, clusters=clusters)
    if truth:
        for incident in world.truth():
            write_json(_record(incident))
        return
    if wrong_invoice:
        world = world.billed_wrongly(some_mistake(world))
    if chaos:
        world = world.restated(*some_corrections(world))
    server = Server(
        {key: world},
        clock=lambda: datetime.now(UTC),
        chaos=Chaos.storm(seed=seed) if chaos else None,
        port=port,
    )

    def announce(url: str) -> None:
        typer.echo(url)
        say(f"SENTINEL_WARPSTREAM_URL={url} WARPSTREAM_API_KEY={key} sentinel once   # in another terminal")

    try:
        server.serve(announce)
    except OSError as error:
        raise UsageError(f"cannot listen on port {port}: {error.strerror}; --port 0 takes a free one") from error


def _record(incident: Incident) -> dict[str, object]:
    record = asdict(incident)
    return {
        name: value if isinstance(value, (int, float)) else str(value)
        for name, value in record.items()
        if value is not None
    }
