"""Evaluations in the database: when each rule was judged, and by which definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from sentinel.domain.evaluations import PreviousEvaluation, RecordedEvaluation
from sentinel.rules.model import Rules
from sentinel.store.alerting import tables


def record_evaluation(conn: Connection, moment: datetime, rules: Rules, rules_hash: str, version: str) -> int:
    """Record that these rules were judged at a moment by this program version; the evaluation's number."""
    values = {"moment": moment, "rules_hash": rules_hash, "version": version}
    number = conn.execute(tables.evaluation.insert().returning(tables.evaluation.c.id), values).scalar_one()
    judged = [{"rule": r.name, "evaluation_id": number, "fingerprint": rules.fingerprint(r)} for r in rules.all]
    if judged:
        conn.execute(tables.rule_evaluation.insert(), judged)
    return int(number)


def previous_evaluations(conn: Connection) -> Mapping[str, PreviousEvaluation]:
    """When each rule, by its name, was last judged and by which definition; also rules that are no longer there."""
    judged, evaluation = tables.rule_evaluation.c, tables.evaluation.c
    definitions = (
        select(judged.rule, judged.fingerprint, func.max(evaluation.moment), func.min(evaluation.moment))
        .join(tables.evaluation, evaluation.id == judged.evaluation_id)
        .group_by(judged.rule, judged.fingerprint)
        .order_by(func.max(judged.evaluation_id))
    )
    # The definition judged last comes last, and stays.
    return {
        rule: PreviousEvaluation(moment, fingerprint, since)
        for rule, fingerprint, moment, since in conn.execute(definitions)
    }


def recorded_evaluations(conn: Connection) -> tuple[RecordedEvaluation, ...]:
    """Every evaluation in the order in which they were made."""
    judged: dict[int, dict[str, str]] = {}
    c = tables.rule_evaluation.c
    for number, rule, fingerprint in conn.execute(select(c.evaluation_id, c.rule, c.fingerprint)):
        judged.setdefault(number, {})[rule] = fingerprint
    evaluation = tables.evaluation.c
    query = select(evaluation.id, evaluation.moment, evaluation.version).order_by(evaluation.id)
    return tuple(
        RecordedEvaluation(moment, version, judged.get(number, {})) for number, moment, version in conn.execute(query)
    )
