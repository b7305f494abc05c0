"""Clients that two administrators decide on; second factors; tokens taken back; nonces and allowances of all replicas.

The functions are called outside transactions by the door, a statement each, and set the district for themselves.
"""

from alembic import op

from shared.runtime.rls import protect_district

revision = "gateway_0004"
down_revision = "gateway_0003"
branch_labels = None
depends_on = None

_TABLES = """
ALTER TABLE clients
    ADD COLUMN sealed_secret bytea,
    ADD COLUMN before_hash text,
    ADD COLUMN before_sealed bytea,
    ADD COLUMN before_until timestamptz,
    ADD COLUMN per_minute integer NOT NULL DEFAULT 600,
    ADD COLUMN per_day integer NOT NULL DEFAULT 200000,
    ADD COLUMN addresses text[] NOT NULL DEFAULT '{}',
    ADD COLUMN state text NOT NULL DEFAULT 'active',
    ADD COLUMN version integer NOT NULL DEFAULT 1;
UPDATE clients SET state = 'disabled' WHERE NOT active;
ALTER TABLE clients ALTER COLUMN active SET DEFAULT true;
CREATE TABLE client_changes (
    id uuid CONSTRAINT pk_client_changes PRIMARY KEY,
    district text NOT NULL,
    client_id text NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    scopes text[] NOT NULL,
    per_minute integer,
    per_day integer,
    addresses text[],
    secret_hash text,
    sealed_secret bytea,
    state text NOT NULL,
    decided_by text,
    decided_at timestamptz
);
CREATE INDEX ix_client_changes_district ON client_changes (district, id);
CREATE UNIQUE INDEX uq_client_changes_waiting ON client_changes (client_id) WHERE state = 'proposed';
ALTER TABLE accounts
    ADD COLUMN second_factor bytea,
    ADD COLUMN second_factor_step bigint NOT NULL DEFAULT 0;
CREATE TABLE revocations (
    district text NOT NULL,
    subject text NOT NULL,
    revoked_at timestamptz NOT NULL,
    CONSTRAINT pk_revocations PRIMARY KEY (district, subject)
);
CREATE TABLE used_nonces (
    district text NOT NULL,
    client_id text NOT NULL,
    nonce text NOT NULL,
    kept_until timestamptz NOT NULL,
    CONSTRAINT pk_used_nonces PRIMARY KEY (district, client_id, nonce)
);
CREATE INDEX ix_used_nonces_kept_until ON used_nonces (kept_until);
CREATE TABLE spent_allowances (
    district text NOT NULL,
    subject text NOT NULL,
    seconds integer NOT NULL,
    number bigint NOT NULL,
    spent bigint NOT NULL,
    CONSTRAINT pk_spent_allowances PRIMARY KEY (district, subject, seconds, number)
)
"""

_FUNCTIONS = (
    """
CREATE FUNCTION use_nonce(_district text, _client_id text, _nonce text, _seconds integer) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('ssj.district', _district, true);
    INSERT INTO used_nonces VALUES (_district, _client_id, _nonce, clock_timestamp() + make_interval(secs => _seconds))
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$
""",
    """
CREATE FUNCTION take_allowance(
    _district text, _subject text, _seconds integer, _number bigint, _wanted integer, _most integer
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    _spent bigint;
    _granted integer;
BEGIN
    PERFORM set_config('ssj.district', _district, true);
    INSERT INTO spent_allowances VALUES (_district, _subject, _seconds, _number, 0) ON CONFLICT DO NOTHING;
    SELECT spent INTO _spent FROM spent_allowances
    WHERE district = _district AND subject = _subject AND seconds = _seconds AND number = _number FOR UPDATE;
    _granted := greatest(0, least(_wanted, _most - _spent));
    IF _granted > 0 THEN
        UPDATE spent_allowances SET spent = spent + _granted
        WHERE district = _district AND subject = _subject AND seconds = _seconds AND number = _number;
    END IF;
    RETURN _granted;
END $$
""",
    """
CREATE FUNCTION known_client(_district text, _client_id text) RETURNS SETOF clients LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('ssj.district', _district, true);
    RETURN QUERY SELECT * FROM clients WHERE client_id = _client_id AND district = _district;
END $$
""",
    """
CREATE FUNCTION revoked_since(_district text, _seconds integer) RETURNS TABLE (subject text, at double precision)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('ssj.district', _district, true);
    RETURN QUERY SELECT r.subject, extract(epoch FROM r.revoked_at)::double precision FROM revocations AS r
    WHERE r.district = _district AND r.revoked_at > clock_timestamp() - make_interval(secs => _seconds);
END $$
""",
    """
CREATE FUNCTION sweep_door(_district text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('ssj.district', _district, true);
    DELETE FROM used_nonces WHERE kept_until < clock_timestamp();
    DELETE FROM spent_allowances WHERE (number + 2) * seconds < extract(epoch FROM clock_timestamp());
END $$
""",
)


def upgrade() -> None:
    for statement in _TABLES.split(";\n"):
        op.execute(statement)
    for table in ("client_changes", "revocations", "used_nonces", "spent_allowances"):
        protect_district(table)
    for function in _FUNCTIONS:
        op.execute(function)


def downgrade() -> None:
    for name in (
        "use_nonce(text, text, text, integer)",
        "take_allowance(text, text, integer, bigint, integer, integer)",
        "known_client(text, text)",
        "revoked_since(text, integer)",
        "sweep_door(text)",
    ):
        op.execute(f"DROP FUNCTION {name}")
    for table in ("client_changes", "revocations", "used_nonces", "spent_allowances"):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE accounts DROP COLUMN second_factor, DROP COLUMN second_factor_step")
    op.execute(
        "ALTER TABLE clients DROP COLUMN sealed_secret, DROP COLUMN before_hash, DROP COLUMN before_sealed,"
        " DROP COLUMN before_until, DROP COLUMN per_minute, DROP COLUMN per_day, DROP COLUMN addresses,"
        " DROP COLUMN state, DROP COLUMN version"
    )
