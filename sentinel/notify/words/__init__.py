"""What is told, as neutral messages: how verdicts, reasons and answers read in every channel."""
