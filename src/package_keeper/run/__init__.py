"""A run from inputs to report: the order of the steps, and nothing else."""
