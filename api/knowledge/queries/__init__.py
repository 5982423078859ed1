"""SQL: every question the product asks of its database, by subject."""
