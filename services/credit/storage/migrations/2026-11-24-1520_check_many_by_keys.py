"""Five hundred checks read by their keys, with one scan of an index for each table.

`uscc = ANY (…) OR entity_id = ANY (…)` was tested against both lists for every row, and each enterprise's flags were
looked for by a descent of their own. `check_restrictions` gives what it gave; of two enterprises with one USCC the last
told of still comes last, but all are in the order of the index now, in which they are found.
"""

from typing import Final

from alembic import op

revision = "credit_0006"
down_revision = "credit_0005"
branch_labels = None
depends_on = None

_CHECK: Final = """
CREATE OR REPLACE FUNCTION check_restrictions(
    of_district text, as_known_at timestamptz, codes text[], ids uuid[], areas text[], OUT asked_at timestamptz,
    OUT catalogue integer, OUT entity_ids text[], OUT usccs text[], OUT names text[], OUT raised text
) LANGUAGE plpgsql AS $$
DECLARE
    known uuid[];
BEGIN
    PERFORM set_config('ssj.district', of_district, true);
    SELECT statement_timestamp() + coalesce((SELECT moved_by FROM demo_clocks), interval '0'),
           (SELECT max(m.version) FROM measure_catalogues AS m WHERE m.district = of_district)
    INTO asked_at, catalogue;
    SELECT array_agg(e.entity_id), array_agg(e.uscc), array_agg(e.name) INTO known, usccs, names
    FROM (
        SELECT entity_id, uscc, name, known_from FROM replica_entities
        WHERE district = of_district AND uscc = ANY (codes)
        UNION ALL
        SELECT entity_id, uscc, name, known_from FROM replica_entities
        WHERE district = of_district AND entity_id = ANY (ids)
        ORDER BY uscc, known_from, entity_id DESC
    ) AS e;
    entity_ids := known::text[];
    raised := (SELECT json_agg(f) FROM (
        SELECT v.id AS flag_id, v.version AS flag_version, v.entity_id, v.area, v.measure_code, v.list_code,
               v.ground, v.document_no, v.authority, v.legal_basis, v.starts_on, v.ends_on, v.in_force_from,
               v.in_force_to
        FROM flags AS v
        WHERE v.district = of_district AND v.entity_id = ANY (known) AND v.area = ANY (areas)
          AND v.known_from <= coalesce(as_known_at, asked_at)
        ORDER BY v.starts_on, v.id, v.version DESC) AS f);
END $$
"""


def upgrade() -> None:
    op.execute(_CHECK)


def downgrade() -> None:
    raise RuntimeError("the function of before is in credit_0003: what it gives is the same, so nothing is taken back")
