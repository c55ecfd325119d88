"""Carrying out a plan, one settled action at a time, with a journal."""
