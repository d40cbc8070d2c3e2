"""What was paid or granted beforehand: commitments and credits, how fast they are used, and how they end."""

from sentinel.evaluate.prepaid.burning import read_burn_down
from sentinel.evaluate.prepaid.commitment_verdicts import judge_commitments, read_verdict
from sentinel.evaluate.prepaid.commitments import (
    CommitmentNow,
    Doubt,
    Fate,
    commitment_now,
    spell_missing,
    undecided_commitments,
)
from sentinel.evaluate.prepaid.credits import Balance, credit_absence, judge_credits, read_balance, wanted_credits
from sentinel.evaluate.prepaid.overview import CreditNow, PrepaidNow, prepaid_now

__all__ = [
    "Balance",
    "CommitmentNow",
    "CreditNow",
    "Doubt",
    "Fate",
    "PrepaidNow",
    "commitment_now",
    "credit_absence",
    "judge_commitments",
    "judge_credits",
    "prepaid_now",
    "read_balance",
    "read_burn_down",
    "read_verdict",
    "spell_missing",
    "undecided_commitments",
    "wanted_credits",
]
