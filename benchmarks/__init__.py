"""Speed, memory and the quality of verdicts, each beside what it is compared with."""
