"""The mock province (模拟省级平台): a peer that is a real process with its own database, HTTP port and file drop.

It judges rows that come by HTTP, as file packages, or through the front tables of the exchange, answers with receipts,
and misbehaves on demand: `POST /faults`. It shares no code with what it judges.
"""
