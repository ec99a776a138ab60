"""Every figure: rows in, matplotlib Figure out. Front doors of results hand their rows on."""
