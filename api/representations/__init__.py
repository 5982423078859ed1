"""How knowledge is shown: pure functions from rows to what goes over the wire. No SQL here."""
