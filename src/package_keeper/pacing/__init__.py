"""When a request may be sent, and when it is sent again: decided here and nowhere else."""
