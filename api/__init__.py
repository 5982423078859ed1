"""The failed-fusion knowledge API: structured, source-cited knowledge about failed spinal fusion."""
