"""Finding the right thing: the index, ranking, spelling, red flags, passages, exploring."""
