"""Backup and restore (备份与恢复): a folder of dumps, log ends, files, wrapped keys and a manifest of digests."""
