from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel.simulator import Incident, Kind, Row, World
from sentinel.simulator.landscape import Account, Alias, Cluster, Meter, Move, Tenant, Workspace
from sentinel.simulator.tariffs import CLUSTER_MINUTES, GIB_STORED, GIB_WRITTEN

DAY = timedelta(days=1)
WRITTEN = GIB_WRITTEN.product
LATER = datetime(2026, 6, 1, tzinfo=UTC)
"""Long after the last day that these tests look at: everything is final."""

moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- zone beside it


def only(world: World, kind: Kind, cluster_name: str) -> Incident:
    """Return the one incident of this kind on this cluster."""
    (incident,) = (one for one in world.truth() if one.kind is kind and one.cluster_name == cluster_name)
    return incident


def dollars(rows: list[Row]) -> float:
    """Return the sum of the rows' costs in dollars."""
    return sum(row.cost for row in rows) / 1e8


def test_same_arguments_give_the_same_figures(world: World, now: datetime, whole: list[Row]) -> None:
    """Two worlds of one seed and calendar agree on every row and every incident."""
    twin = World.build(now, history_days=200)
    assert twin.rows(now) == whole
    assert twin.truth() == world.truth()


def test_another_seed_is_another_account(now: datetime, whole: list[Row]) -> None:
    """Two seeds share neither ids nor figures, so that several accounts can live side by side."""
    other = World.build(now, seed=2, history_days=200).rows(now)
    assert not {row.cluster_id for row in other} & {row.cluster_id for row in whole}
    assert dollars(other) != dollars(whole)


@settings(deadline=None)
@given(start=st.integers(0, 200), length=st.integers(0, 60))
def test_figures_do_not_depend_on_the_window(
    world: World, now: datetime, whole: list[Row], start: int, length: int
) -> None:
    """A window shows exactly those rows of the whole history that lie in it, also across months."""
    first = world.account.first_day + start * DAY
    last = first + length * DAY
    assert world.rows(now, first, last) == [row for row in whole if first <= row.day <= last]


def test_figures_of_a_day_do_not_depend_on_what_was_asked_before(now: datetime) -> None:
    """A world asked for single days in reverse order gives what a fresh world gives at once."""
    asked = World.build(now, clusters=4, history_days=70)
    days = [asked.account.first_day + index * DAY for index in range(70)]
    backwards = [row for day in reversed(days) for row in asked.rows(now, day, day)]
    fresh = World.build(now, clusters=4, history_days=70).rows(now, days[0], days[-1])
    assert sorted(backwards) == fresh


def test_account_is_large_and_awkward_enough(world: World) -> None:
    """There are 20 and more clusters, several regions, and the names that trip YAML and Slack."""
    clusters = [place.cluster for place in world.places()]
    names = {cluster.name for cluster in clusters}
    assert len(clusters) >= 20
    assert len(names) == len(clusters)
    assert {"orders-prod", "no", "<!channel> & friends"} <= names
    assert {place.workspace.name for place in world.places()} >= {"production", "staging", "analytics"}
    assert any(len(cluster.regions) > 1 for cluster in clusters)
    assert len({region for cluster in clusters for region in cluster.regions}) > 3


@pytest.mark.parametrize("clusters", [1, 3, 24, 150])
def test_number_of_clusters_is_chosen(now: datetime, clusters: int) -> None:
    """As many clusters as asked for stand in the account, each with a name and id of its own."""
    places = list(World.build(now, clusters=clusters, history_days=10).places())
    assert len(places) == clusters
    assert len({place.cluster.id for place in places}) == clusters
    assert len({place.cluster.name for place in places}) == clusters


def test_sizes_suit_the_usual_budgets(world: World, now: datetime) -> None:
    """A month comes near 12,000; production clusters stay below 150 a day but for the lasting spike."""
    january = world.rows(now, date(2026, 1, 1), date(2026, 1, 31))
    assert 9_000 < dollars(january) < 12_000
    production = {place.cluster.id for place in world.places() if place.workspace.name == "production"}
    spike = only(world, Kind.SPIKE, "orders-prod")
    daily: Counter[tuple[str, date]] = Counter()
    for row in world.rows(LATER, spike.first_day - 60 * DAY, now.date() - DAY):
        daily[row.cluster_id, row.day] += row.cost
    over = {key for key, cost in daily.items() if key[0] in production and cost > 150e8}
    days = [spike.first_day + index * DAY for index in range((now.date() - spike.first_day).days)]
    assert over == {(spike.cluster_id, day) for day in days}


@settings(deadline=None)
@given(now=moments)
def test_a_fresh_spike_begins_on_the_second_newest_settled_day(now: datetime) -> None:
    """Whatever the moment, orders-prod triples on the second-newest day that ended 36 hours ago, and lasts."""
    incident = only(World.build(now, clusters=1, history_days=20), Kind.SPIKE, "orders-prod")
    end = datetime.combine(incident.first_day + DAY, datetime.min.time(), UTC)
    newer_settled_days = (now - timedelta(hours=36) - end) // DAY
    assert newer_settled_days == 1
    assert incident.last_day is None
    assert (incident.product, incident.factor) == (WRITTEN, 3.0)
    assert incident.extra_per_day > 100


def test_truth_has_every_kind(world: World) -> None:
    """Spike, level, ramp, drop, price change, a new cluster and one that goes: all are planted, oldest first."""
    truth = world.truth()
    assert {incident.kind for incident in truth} == set(Kind)
    assert [one.first_day for one in truth] == sorted(one.first_day for one in truth)


@pytest.mark.parametrize(("kind", "name"), [(Kind.LEVEL, "payments-prod"), (Kind.DROP, "events-prod")])
def test_extra_cost_is_the_difference_to_a_world_without(world: World, kind: Kind, name: str) -> None:
    """What an incident costs a day is what the account's bill would lack without it."""
    incident = only(world, kind, name)
    (planted,) = (one for one in world.planted if one.cluster_id == incident.cluster_id)
    last = incident.last_day or world.now.date() - DAY
    touched = [
        dollars([row for row in one.rows(LATER, incident.first_day, last) if row.cluster_id == incident.cluster_id])
        for one in (world, world.without(planted))
    ]
    days = (last - incident.first_day).days + 1
    assert incident.extra_per_day == pytest.approx((touched[0] - touched[1]) / days, abs=0.006)
    assert (incident.extra_per_day > 0) == (incident.factor > 1)


def test_a_spike_multiplies_the_volume_on_its_days_only(world: World) -> None:
    """The volume with the incident is its factor times the volume without it, and the same outside its days."""
    incident = only(world, Kind.SPIKE, "clickstream")
    (planted,) = (one for one in world.planted if one.cluster_id == incident.cluster_id)
    assert incident.last_day == incident.first_day + DAY
    for day in (incident.first_day - DAY, incident.first_day, incident.last_day, incident.last_day + DAY):
        volume, normal = (
            sum(
                row.quantity
                for row in one.rows(LATER, day, day)
                if row.cluster_id == incident.cluster_id and row.product.startswith(WRITTEN)
            )
            for one in (world, world.without(planted))
        )
        inside = incident.first_day <= day <= incident.last_day
        assert volume == pytest.approx(normal * (2.5 if inside else 1.0))


def test_new_and_gone_clusters_have_no_charges_outside_their_days(world: World) -> None:
    """A new cluster is first charged on its first day; a gone one is last charged on the day before."""
    new, gone = only(world, Kind.NEW_CLUSTER, "recommendations-prod"), only(world, Kind.GONE, "legacy-etl")
    days = {
        one.cluster_id: [row.day for row in world.rows(LATER) if row.cluster_id == one.cluster_id]
        for one in (new, gone)
    }
    assert min(days[new.cluster_id]) == new.first_day
    assert max(days[gone.cluster_id]) == gone.first_day - DAY
    assert new.extra_per_day > 5
    assert gone.extra_per_day < -5


def test_a_price_change_leaves_the_volume_alone(world: World) -> None:
    """From noon of its first day on a product costs more at the same volume; on that day it stands twice."""
    incident = only(world, Kind.PRICE, "iot-gateway")
    lines = [
        line
        for line in world.lines(LATER, incident.first_day - DAY, incident.first_day + DAY)
        if line.cluster_id == incident.cluster_id and line.product == incident.product
    ]
    assert [line.day - incident.first_day for line in lines] == [-DAY, 0 * DAY, 0 * DAY, DAY]
    before, morning, evening, after = lines
    assert before.unit_price == morning.unit_price
    assert evening.unit_price == after.unit_price == pytest.approx(before.unit_price * incident.factor)
    assert morning.quantity == evening.quantity
    assert morning.quantity + evening.quantity == pytest.approx(before.quantity, rel=0.3)
    (row,) = (
        row
        for row in world.rows(LATER, incident.first_day, incident.first_day)
        if row.cluster_id == incident.cluster_id and row.product == incident.product
    )
    assert row.cost == morning.cost + evening.cost


def test_tiers_share_a_months_volume_of_the_workspace(world: World) -> None:
    """Tier 1 ends when the workspace's volume reaches the threshold, Tier 2 begins there, a month starts anew."""
    (production,) = {place.workspace.id for place in world.places() if place.workspace.name == "production"}
    january = world.rows(LATER, date(2026, 1, 1), date(2026, 2, 1))
    written = [row for row in january if row.workspace_id == production and row.product.startswith(WRITTEN)]
    tiers = {
        tier: [row for row in written if row.product.endswith(tier) and row.day.month == 1]
        for tier in ("Tier 1", "Tier 2")
    }
    assert GIB_WRITTEN.tier is not None
    assert sum(row.quantity for row in tiers["Tier 1"]) == pytest.approx(GIB_WRITTEN.tier.volume)
    assert max(row.day for row in tiers["Tier 1"]) == min(row.day for row in tiers["Tier 2"])
    assert max(row.day for row in tiers["Tier 2"]) == date(2026, 1, 31)
    assert {row.product for row in written if row.day == date(2026, 2, 1)} == {f"{WRITTEN} - Tier 1"}


def test_weekends_differ_in_depth(world: World) -> None:
    """Some clusters hardly notice a weekend, others all but stop."""
    depths = {}
    for name in ("events-prod", "no"):
        rows = [row for row in world.rows(LATER) if row.cluster_id == world.cluster(name).id]
        written = [row for row in rows if row.product.startswith(WRITTEN) and row.day < date(2026, 1, 1)]
        weekend = [row.quantity for row in written if row.day.weekday() >= 5]
        workdays = [row.quantity for row in written if row.day.weekday() < 5]
        depths[name] = (sum(weekend) / len(weekend)) / (sum(workdays) / len(workdays))
    assert depths["events-prod"] > 0.9
    assert depths["no"] < 0.4


def test_cluster_minutes_come_in_quarter_hours(whole: list[Row]) -> None:
    """Cluster minutes are whole multiples of 15 and at most a day's, also on a running day."""
    minutes = [row.quantity for row in whole if row.product == CLUSTER_MINUTES.product]
    assert minutes
    assert all(quantity % 15 == 0 and 0 < quantity <= 1440 for quantity in minutes)


def test_time_goes_on_after_the_worlds_now(world: World, now: datetime) -> None:
    """A world asked at a later moment knows later days, and the earlier ones have not changed."""
    later = now + 20 * DAY
    rows = world.rows(later)
    assert max(row.day for row in rows) == later.date()
    final = now.date() - 4 * DAY
    assert [row for row in rows if row.day <= final] == world.rows(now, last=final)


def test_totals_have_the_documented_precision(world: World) -> None:
    """Totals carry five decimals, below one cent eight; they come near quantity times unit price."""
    for line in world.lines(LATER, date(2026, 1, 1), date(2026, 1, 31)):
        assert line.cost % 1_000 == 0 or line.cost < 1_000_000
        per_dollar = 100 if line.product == CLUSTER_MINUTES.product else 1
        assert line.cost / 1e8 == pytest.approx(line.quantity * line.unit_price / per_dollar, abs=5.1e-6)


def test_names_and_regions_change_with_the_moment_of_asking() -> None:
    """A renamed or moved cluster shows its new face in every answer from that day on, its id stays."""
    since = date(2026, 2, 4)
    cluster = Cluster(
        "vci_1",
        "search-prod",
        ("us-east-1",),
        (),
        aliases=(Alias(since, "discovery-prod"),),
        moves=(Move(since, ("us-east-1", "eu-west-1")),),
    )
    workspace = Workspace("wi_1", "old", (cluster,), aliases=(Alias(since, "new"),))
    before, after = datetime(2026, 2, 3, 23, 59, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC)
    assert (cluster.name_at(before), cluster.name_at(after)) == ("search-prod", "discovery-prod")
    assert (cluster.regions_at(before), cluster.regions_at(after)) == (
        ("us-east-1",),
        ("us-east-1", "eu-west-1"),
    )
    assert (workspace.name_at(before), workspace.name_at(after)) == ("old", "new")


def test_one_cluster_id_may_stand_in_two_tenants(now: datetime) -> None:
    """A hand-written account keeps two tenants' clusters of the same id apart, with figures of their own."""
    cluster = Cluster("vci_1", "twin", ("us-east-1",), (Meter(GIB_STORED, base=1_000, noise=0.1),))
    tenants = tuple(Tenant(f"ti_{n}", (Workspace(f"wi_{n}", "main", (cluster,)),)) for n in (1, 2))
    rows = World(Account(now.date() - 3 * DAY, tenants), now).rows(LATER, last=now.date())
    assert {(row.tenant_id, row.cluster_id) for row in rows} == {("ti_1", "vci_1"), ("ti_2", "vci_1")}
    assert len({row.cost for row in rows}) == len(rows) == 8


@pytest.mark.parametrize("wrong", [{"clusters": 0}, {"history_days": 0}])
def test_a_world_of_nothing_is_refused(now: datetime, wrong: dict[str, int]) -> None:
    """No clusters or no days is an error that names both."""
    with pytest.raises(ValueError, match=r"at least one cluster and one day \(got "):
        World.build(now, **wrong)  # type: ignore[arg-type]  # mypy cannot see which keyword is given


def test_a_naive_moment_is_refused(now: datetime) -> None:
    """A world made for a moment without a time zone is an error."""
    with pytest.raises(ValueError, match="time zone"):
        World.build(now.replace(tzinfo=None))
