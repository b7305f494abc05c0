"""Answers carry their signature, and a check is one statement.

The functions set their own context, so that no transaction stands around them: the context ends with the statement
(transaction-local, SEC4), and row-level security binds the reading as everywhere. Both give whom the keys name, those
registry told of last at the end, and the flags of these as JSON, the newest version as known at `as_known_at` first.
Keeping answers does not wait for the disk: what they rest on is durable already.
"""

from typing import Final

from alembic import op

revision = "credit_0003"
down_revision = "credit_0002"
branch_labels = None
depends_on = None

_COLUMNS = "ALTER TABLE restriction_answers ADD COLUMN signature_parameters text, ADD COLUMN signature bytea"
# An answer to five hundred questions is a long text: squeezing it the old way costs more than making it.
_QUICKER = """
DO $$
BEGIN
    ALTER TABLE restriction_answers ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
    NULL;
END $$
"""
_FLAG: Final = """v.id AS flag_id, v.version AS flag_version, v.entity_id, v.area, v.measure_code, v.list_code,
       v.ground, v.document_no, v.authority, v.legal_basis, v.starts_on, v.ends_on, v.in_force_from, v.in_force_to"""
_FRAME = """
CREATE FUNCTION {name}(
    of_district text, as_known_at timestamptz, {asked}, OUT asked_at timestamptz, OUT catalogue integer,
    OUT entity_ids text[], OUT usccs text[], OUT names text[], OUT raised text
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('ssj.district', of_district, true);
    SELECT statement_timestamp() + coalesce((SELECT moved_by FROM demo_clocks), interval '0'),
           (SELECT max(m.version) FROM measure_catalogues AS m WHERE m.district = of_district)
    INTO asked_at, catalogue;
    {body}
END $$
"""
_ONE = """
    IF who IS NULL THEN
        SELECT ARRAY[e.entity_id::text], ARRAY[e.uscc], ARRAY[e.name], e.entity_id INTO entity_ids, usccs, names, who
        FROM replica_entities AS e
        WHERE e.district = of_district AND e.uscc = code ORDER BY e.known_from DESC, e.entity_id LIMIT 1;
    ELSE
        SELECT ARRAY[e.entity_id::text], ARRAY[e.uscc], ARRAY[e.name] INTO entity_ids, usccs, names
        FROM replica_entities AS e WHERE e.district = of_district AND e.entity_id = who;
    END IF;
    raised := (SELECT json_agg(f) FROM (
        SELECT {flag}
        FROM flags AS v
        WHERE v.district = of_district AND v.entity_id = who AND v.area = wanted
          AND v.known_from <= coalesce(as_known_at, asked_at)
        ORDER BY v.starts_on, v.id, v.version DESC) AS f);
"""
_MANY = """
    WITH found AS MATERIALIZED (
        SELECT e.entity_id, e.uscc, e.name FROM replica_entities AS e
        WHERE e.district = of_district AND (e.uscc = ANY (codes) OR e.entity_id = ANY (ids))
        ORDER BY e.known_from, e.entity_id DESC
    )
    SELECT (SELECT array_agg(e.entity_id::text) FROM found AS e), (SELECT array_agg(e.uscc) FROM found AS e),
           (SELECT array_agg(e.name) FROM found AS e),
           (SELECT json_agg(f) FROM (
                SELECT {flag}
                FROM found AS e JOIN flags AS v ON v.district = of_district AND v.entity_id = e.entity_id
                 AND v.area = ANY (areas) AND v.known_from <= coalesce(as_known_at, asked_at)
                ORDER BY v.starts_on, v.id, v.version DESC) AS f)
    INTO entity_ids, usccs, names, raised;
"""
_KEEP = """
CREATE FUNCTION keep_restriction_answers(
    of_district text, answer_ids uuid[], askers text[], answers text[], digests text[], instants timestamptz[],
    parameters text[], signatures bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('ssj.district', of_district, true), set_config('synchronous_commit', 'off', true);
    INSERT INTO restriction_answers
        (district, id, asked_by, body, digest, answered_at, signature_parameters, signature)
    SELECT of_district, a.* FROM unnest(answer_ids, askers, answers, digests, instants, parameters, signatures) AS a
    ON CONFLICT DO NOTHING;
END $$
"""


def upgrade() -> None:
    op.execute(_COLUMNS)
    op.execute(_QUICKER)
    op.execute(
        _FRAME.format(name="check_restriction", asked="code text, who uuid, wanted text", body=_ONE.format(flag=_FLAG))
    )
    op.execute(
        _FRAME.format(
            name="check_restrictions", asked="codes text[], ids uuid[], areas text[]", body=_MANY.format(flag=_FLAG)
        )
    )
    op.execute(_KEEP)


def downgrade() -> None:
    for function in ("keep_restriction_answers", "check_restrictions", "check_restriction"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("ALTER TABLE restriction_answers DROP COLUMN signature_parameters, DROP COLUMN signature")
