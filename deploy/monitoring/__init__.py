"""What watches the installation: alert rules, dashboards, the watcher of the broker (监控)."""
