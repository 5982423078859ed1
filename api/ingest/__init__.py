"""From the files people edit in `data/` to a checked, released database."""
