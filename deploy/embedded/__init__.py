"""The embedded platform: PostgreSQL, NATS, every service and the gateway under one small supervisor (嵌入式平台)."""
