"""From the bytes of get_invoice_breakdowns to costs: strict, exact, and one cluster at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw

from sentinel.domain.costs import AccountCharge, ClusterCharges, Window
from sentinel.errors import BadAnswer
from sentinel.pull.account_charges import read_account_charges
from sentinel.pull.cluster import RowReader, Rows, read_cluster
from sentinel.pull.days import read_window
from sentinel.pull.fault import UNREADABLE, find_fault, kept, no_json
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

    def clusters(self) -> Iterator[ClusterCharges]:
        """Decode one cluster after the other, anew with each call. Raises BadAnswer at the first that is wrong.

        A cluster may stand in its workspace more than once, each time with a part of its charges. One that repeats
        all the rows of another is an error: added up, they would double.
        """
        reader = RowReader(self.window)
        met: dict[tuple[str, str, str], tuple[Raw, str]] = {}
        try:
            for tenant, workspace, text, path in self._places():
                cluster = read_cluster(text, path)
                rows = reader.rows(cluster, text, path)
                key = (tenant.tenant_id, workspace.workspace_id, cluster.virtual_cluster_id)
                earlier, earlier_path = met.setdefault(key, (text, path))
                if earlier is not text:
                    _refuse_repeated(rows, path, _rows_of(reader, earlier, earlier_path), earlier_path)
                yield ClusterCharges(
                    tenant=tenant.tenant_id,
                    workspace=workspace.workspace_id,
                    workspace_name=workspace.workspace_name or workspace.workspace_id,
                    cluster=cluster.virtual_cluster_id,
                    cluster_name=cluster.cluster_name or cluster.virtual_cluster_id,
                    regions=tuple(cluster.cluster_regions or ()),
                    charges=rows,
                )
        except BadAnswer as fault:
            raise _with_body(fault, self.body) from fault

    def _places(self) -> Iterator[tuple[Tenant, Workspace, Raw, str]]:
        for t, tenant in enumerate(self._tenants):
            for w, workspace in enumerate(tenant.workspaces or ()):
                for c, text in enumerate(workspace.clusters or ()):
                    yield tenant, workspace, text, f"tenants[{t}].workspaces[{w}].clusters[{c}]"


def _rows_of(reader: RowReader, text: Raw, path: str) -> Rows:
    return reader.rows(read_cluster(text, path), text, path)


def _refuse_repeated(rows: Rows, path: str, earlier: Rows, earlier_path: str) -> None:
    if rows and rows == earlier:
        raise BadAnswer(path, f"repeats all the charges of {earlier_path}, the same cluster")


def _with_body(fault: BadAnswer, body: bytes | bytearray) -> BadAnswer:
    return BadAnswer(fault.path, fault.detail, kept(body))
