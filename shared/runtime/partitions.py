"""Monthly partitions of the outbox. A default partition stands behind them, so a missing month loses nothing."""

MONTHLY_PARTITIONS = """
DO $$
DECLARE
    month timestamptz := date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai';
    after timestamptz;
BEGIN
    FOR i IN 0..24 LOOP
        after := (month AT TIME ZONE 'Asia/Shanghai' + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF outboxes FOR VALUES FROM (%L) TO (%L)',
                       'outboxes_' || to_char(month AT TIME ZONE 'Asia/Shanghai', 'YYYY_MM'), month, after);
        month := after;
    END LOOP;
END $$
"""
