"""Manifests, and the few programs that run only in a cluster."""
