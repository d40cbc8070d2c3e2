"""How good are the verdicts, and how fast: labelled series, metrics, peers, one table."""
