"""How long a run takes and what it costs, measured on a GitHub of its own."""
