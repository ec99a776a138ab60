"""Policies: what to ask, when to stop, and what to answer."""
