"""Notifications on their way: written with what they tell of, claimed, sent, folded, parked."""
