"""The story: a district's supervision cycle, played through the gateway and checked step by step."""
