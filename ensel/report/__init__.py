"""Results as reports, for the terminal and for whatever else shows them."""
