"""A simulated WarpStream billing API: a seeded account, what would be answered of it at any moment, a server.

    now = datetime(2026, 3, 5, 14, tzinfo=UTC)
    world = World.build(now)
    world.truth()                                        # what was planted
    world.rows(as_of=now)                                # what a correct history holds
    answer(world, date(2026, 3, 1), date(2026, 4, 1), as_of=now)
    with Server({"key": world}, clock=Clock(now)) as server:
        server.chaos.next(Fault.RATE_LIMITED)            # the next request, then normal again

Worlds made by hand are put together from `sentinel.simulator.landscape`, `.tariffs` and `.incidents`. Nothing
here imports anything else of sentinel, or anything outside the standard library.
"""

from sentinel.simulator.api import BREAKDOWNS, PAST_INVOICE, PENDING_INVOICE
from sentinel.simulator.breakdowns import ChargeShape, DateEnd, Form, answer
from sentinel.simulator.bulk import Bulk, bulk_answer
from sentinel.simulator.chaos import Chaos
from sentinel.simulator.clock import Clock
from sentinel.simulator.corrections import some_corrections, some_mistake
from sentinel.simulator.faults import Fault, Severity
from sentinel.simulator.incidents import Incident, Kind, Misbilled, Planted
from sentinel.simulator.invoices import past_invoice, pending_invoice
from sentinel.simulator.metering import Metering, Restatement
from sentinel.simulator.server import Served, Server
from sentinel.simulator.world import Row, World

__all__ = [
    "BREAKDOWNS",
    "PAST_INVOICE",
    "PENDING_INVOICE",
    "Bulk",
    "Chaos",
    "ChargeShape",
    "Clock",
    "DateEnd",
    "Fault",
    "Form",
    "Incident",
    "Kind",
    "Metering",
    "Misbilled",
    "Planted",
    "Restatement",
    "Row",
    "Served",
    "Server",
    "Severity",
    "World",
    "answer",
    "bulk_answer",
    "past_invoice",
    "pending_invoice",
    "some_corrections",
    "some_mistake",
]
