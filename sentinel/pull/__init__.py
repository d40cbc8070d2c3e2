"""Stage 1: ask the billing API. The client, the decoder of its answers, and the choice of days to ask for."""

from sentinel.pull.agenda import Agenda, split
from sentinel.pull.client import BillingClient
from sentinel.pull.decode import DecodedAnswer, decode_answer
from sentinel.pull.invoices import decode_invoice, get_past_invoice, get_pending_invoice, invoices_during
from sentinel.pull.plan import PullSettings, is_due, plan_days

__all__ = [
    "Agenda",
    "BillingClient",
    "DecodedAnswer",
    "PullSettings",
    "decode_answer",
    "decode_invoice",
    "get_past_invoice",
    "get_pending_invoice",
    "invoices_during",
    "is_due",
    "plan_days",
    "split",
]
