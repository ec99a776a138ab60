"""Compiled counting: answers as bit planes, and what is counted on them."""
