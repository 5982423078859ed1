"""What HTTP asks of every answer: problems, caching, limits, headers. No knowledge here."""
