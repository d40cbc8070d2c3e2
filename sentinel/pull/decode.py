"""From the bytes of get_invoice_breakdowns to costs: strict, exact, and one cluster at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
from msgspec import Raw
from numpy.typing import NDArray

from sentinel.domain.costs import AccountCharge, ClusterCharges, DailyCharges, Window
from sentinel.errors import BadAnswer
from sentinel.pull.account_charges import read_account_charges
from sentinel.pull.cluster import ClusterRows, Columns, read_cluster, units_from_digits
from sentinel.pull.days import read_window
from sentinel.pull.fault import UNREADABLE, find_fault, kept, no_json
from sentinel.pull.totals import round_totals
from sentinel.pull.wire import Document, Tenant, Workspace

_documents = msgspec.json.Decoder(Document)


def decode_answer(body: bytes | bytearray) -> DecodedAnswer:
    """Decode everything but the clusters, which are decoded when they are asked for.

    `body` must not be changed afterwards. Raises BadAnswer, which names the path and keeps the body.
    """
    try:
        document = _documents.decode(body)
    except (msgspec.ValidationError, UnicodeDecodeError) as error:
        fault = find_fault(body, Document, "") or no_json(error, body)
        raise _with_body(fault, body) from error
    except UNREADABLE as error:
        raise no_json(error, body) from error
    try:
        window = read_window(document.date_from, document.date_to)
        charges = read_account_charges(document.account_charges or (), window)
    except BadAnswer as fault:
        raise _with_body(fault, body) from fault
    return DecodedAnswer(window, charges, body, tuple(document.tenants or ()))


@dataclass(frozen=True, slots=True, eq=False)
class DecodedAnswer:
    """One answer of the billing API, its clusters still bytes; see `sentinel.domain.costs.Answer`."""

    window: Window
    account_charges: tuple[AccountCharge, ...]
    body: bytes | bytearray = field(repr=False)
    _tenants: tuple[Tenant, ...] = field(repr=False)

    def daily_charges(self) -> DailyCharges:
        """Decode one cluster after the other. Raises BadAnswer, which names a place that is wrong.

        A cluster may stand in its workspace more than once, each time with a part of its charges. One that repeats
        all the rows of another is an error: added up, they would double.
        """
        columns = Columns(self.window)
        try:
            clusters = tuple(self._clusters(columns))
            cost = self._costs(columns, clusters)
        except BadAnswer as fault:
            raise _with_body(fault, self.body) from fault
        return DailyCharges(
            clusters, np.frombuffer(columns.day, np.int64), cost, np.frombuffer(columns.quantity, np.float64)
        )

    def _clusters(self, columns: Columns) -> Iterator[ClusterCharges]:
        met: dict[tuple[str, str, str], tuple[ClusterRows, str]] = {}
        for tenant, workspace, text, path in self._places():
            cluster = read_cluster(text, path)
            rows = columns.add(cluster, path)
            key = (tenant.tenant_id, workspace.workspace_id, cluster.virtual_cluster_id)
            earlier, earlier_path = met.setdefault(key, (rows, path))
            if earlier is not rows and rows.lengths and columns.same(rows, earlier):
                raise BadAnswer(path, f"repeats all the charges of {earlier_path}, the same cluster")
            yield ClusterCharges(
                tenant=tenant.tenant_id,
                workspace=workspace.workspace_id,
                workspace_name=workspace.workspace_name or workspace.workspace_id,
                cluster=cluster.virtual_cluster_id,
                cluster_name=cluster.cluster_name or cluster.virtual_cluster_id,
                regions=tuple(cluster.cluster_regions or ()),
                products=rows.products,
                lengths=rows.lengths,
            )

    def _costs(self, columns: Columns, clusters: Iterable[ClusterCharges]) -> NDArray[np.int64]:
        """The cost of every row; the clusters where float64 cannot tell it are read once more, digit by digit."""
        rounded = round_totals(np.frombuffer(columns.total, np.float64))
        if rounded.exact.all():
            return rounded.units
        start = 0
        for (_, _, text, path), cluster in zip(self._places(), clusters, strict=True):
            rows = slice(start, start := start + sum(cluster.lengths))
            if not rounded.exact[rows].all():
                rounded.units[rows] = units_from_digits(text, path)
        return rounded.units

    def _places(self) -> Iterator[tuple[Tenant, Workspace, Raw, str]]:
        for t, tenant in enumerate(self._tenants):
            for w, workspace in enumerate(tenant.workspaces or ()):
                for c, text in enumerate(workspace.clusters or ()):
                    yield tenant, workspace, text, f"tenants[{t}].workspaces[{w}].clusters[{c}]"


def _with_body(fault: BadAnswer, body: bytes | bytearray) -> BadAnswer:
    return BadAnswer(fault.path, fault.detail, kept(body))
