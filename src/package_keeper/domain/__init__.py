"""The decisions of Package Keeper, as pure functions over frozen values.

Nothing in here reads a clock, a file, an environment or a network; `now` is always a parameter.
"""
