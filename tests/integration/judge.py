# SPDX-License-Identifier: Apache-2.0
"""The judge of reliability.md for a pool of real services: what was acknowledged is in every store downstream, once, and
matching's view is what the intakes' stores say, row by row."""

# What stays at the college of her who has withdrawn: neither her place nor her wishes are told.
GONE = "(NOT in_pool AND withdrawn_on IS NOT NULL)"

# Each pair selects the same facts: from the intake's store, and from matching's view of them.
VIEWS = [
    ("employer_intake",
     """SELECT institution || '/' || external_id, version, state, institution || '/' || employer, seats,
               starts_on - date '1970-01-01', ends_on - date '1970-01-01', (hours_per_week * 100)::int, programmes,
               place_latitude_e7, place_longitude_e7, accepts_unranked, assignable,
               coalesce(reserves, '{}'), reserve_order = 'last' FROM posting""",
     """SELECT posting, version, state, employer, seats, starts_on, ends_on, hours_hundredths, programmes,
               latitude_e7, longitude_e7, accepts_unranked, assignable, reserves, reserves_last FROM view_posting"""),
    ("employer_intake",
     """SELECT institution || '/' || external_id, version, institution, place_latitude_e7, place_longitude_e7,
               coalesce(paused_until - date '1970-01-01', 0) FROM employer""",
     """SELECT employer, version, institution, latitude_e7, longitude_e7, paused_until FROM view_employer"""),
    ("employer_intake",
     """SELECT institution || '/' || posting, version, institution, tiers, learners FROM employer_ranking""",
     """SELECT posting, version, institution, tiers, learners FROM view_employer_ranking"""),
    ("employer_intake", "SELECT external_id, version, name_fr, name_en FROM institution",
     "SELECT institution, version, name_fr, name_en FROM view_institution"),
    ("learner_intake",
     """SELECT pool_number, version, institution, external_id, in_pool, programme,
               CASE WHEN NOT %s THEN place_latitude_e7 END, CASE WHEN NOT %s THEN place_longitude_e7 END,
               CASE WHEN NOT %s THEN (max_distance_km * 1000)::int END, available_from - date '1970-01-01',
               available_to - date '1970-01-01', (hours_per_week * 100)::int, assignable, tier,
               CASE WHEN in_pool THEN groups ELSE '{}' END FROM learner""" % (GONE, GONE, GONE),
     """SELECT learner, version, institution, external_id, in_pool, programme, latitude_e7, longitude_e7, max_distance_m,
               available_from, available_to, hours_hundredths, assignable, tier, groups FROM view_learner"""),
    ("learner_intake",
     """SELECT l.pool_number, r.institution, CASE WHEN %s THEN '{}' ELSE r.tiers::int[] END,
               CASE WHEN %s THEN '{}' ELSE r.postings END
          FROM learner_ranking r JOIN learner l ON (l.institution, l.external_id) = (r.institution, r.learner)""" % (GONE, GONE),
     "SELECT learner, institution, tiers::int[], postings FROM view_learner_ranking"),
    ("learner_intake",
     """SELECT l.pool_number, r.institution, r.posting
          FROM direct_offer r JOIN learner l ON (l.institution, l.external_id) = (r.institution, r.learner)
         WHERE NOT %s""" % GONE,
     "SELECT learner, institution, posting FROM view_direct_offer WHERE posting <> ''"),
    ("learner_intake", "SELECT code, version, title_fr, title_en, level FROM programme",
     "SELECT programme, version, title_fr, title_en, level FROM view_programme"),
]


def differences(pool):
    """Rows that one side has and the other has not; empty: the view is exact."""
    found = []
    for service, theirs, ours in VIEWS:
        there = {str(row) for row in pool.sql(service, theirs)}
        here = {str(row) for row in pool.sql("matching", ours)}
        found += ["%s only: %s" % (service, row) for row in sorted(there - here)[:5]]
        found += ["matching only: %s" % row for row in sorted(here - there)[:5]]
    return found


def doubled_commands(pool, service):
    """Commands whose effect was committed more than once: each has one line in the audit trail."""
    return pool.sql(service, """SELECT principal, request_id FROM audit WHERE request_id IS NOT NULL
                                GROUP BY 1, 2 HAVING count(*) > 1""")


def gaps(pool, service):
    """Numbers of the log that are missing though nothing was compacted, or that lie beyond its head."""
    return pool.sql(service, """SELECT count(*) FROM event WHERE seq > (SELECT seq FROM event_head)""")[0][0]
