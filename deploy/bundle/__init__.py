"""The offline bundle: images, wheels, checksums, bill of materials (离线安装包)."""
