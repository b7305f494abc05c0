"""Commands of who runs the platform (运行维护): look, drive again, replay, rotate keys, gather for support."""
