"""The science of matching: pure functions over arrays. Start reading at `engine.rank`."""
