# SPDX-License-Identifier: Apache-2.0
"""Feed files of any size for tests: invented people and firms of several colleges, the same for the same seed."""
import csv
import os
import random

PROGRAMMES = [("420.B0", "Techniques de l'informatique"), ("410.B0", "Comptabilité et gestion"),
              ("243.D0", "Technologie du génie électrique"), ("5234", "Ébénisterie"), ("351.A1", "Éducation spécialisée")]
GIVEN = ["Élise", "Noémie", "Zoé", "Félix", "Amélie", "Jérôme", "Anh Tuấn", "Siobhán", "Marie-Ève", "ᐃᓄᒃ"]
FAMILY = ["Côté", "Bélanger", "O'Connor", "Lévesque-Roy", "Nguyễn", "Tremblay", "Gagné", "MacDonald"]


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(header)
        out.writerows(rows)
    return path


def institutions(folder, names):
    return write(os.path.join(folder, "institutions.csv"),
                 ["external_id", "name_fr", "name_en", "coordinator_name", "coordinator_email", "phone", "postal_address",
                  "language"],
                 [[n, "Collège %s" % n, "%s College" % n, "Coordination %s" % n, "stages@%s.example" % n, "819-555-0100",
                   "1, rue du Collège, Sherbrooke QC  J1H 5N1", "fr"] for n in names])


def college(folder, name, seed, learners, postings, employers, ranked=4):
    """Writes the college's files; returns {kind: path} in the order in which they are fed."""
    rng = random.Random("%s/%s" % (seed, name))
    place = lambda: ("%.6f" % (45.4 + rng.random()), "%.6f" % (-72.6 + rng.random()))
    folder = os.path.join(folder, name)
    os.makedirs(folder, exist_ok=True)
    path = lambda kind: os.path.join(folder, kind + ".csv")
    files = {}
    files["programmes"] = write(path("programmes"), ["external_id", "title_fr", "level"],
                                [[code, title, "dep" if code.isdigit() else "dec"] for code, title in PROGRAMMES])
    files["employers"] = write(
        path("employers"), ["external_id", "legal_name", "language", "contact_name", "contact_email", "postal_code",
                            "municipality", "latitude", "longitude"],
        [["e%d" % n, "Atelier %s %d inc." % (rng.choice(FAMILY), n), rng.choice(["fr", "en"]),
          "%s %s" % (rng.choice(GIVEN), rng.choice(FAMILY)), "e%d@%s-firms.example" % (n, name), "J1H 5N1", "Sherbrooke",
          *place()] for n in range(employers)])
    files["postings"] = write(
        path("postings"), ["external_id", "employer", "title", "wil_type", "programmes", "seats", "starts_on", "ends_on",
                           "hours_per_week", "place"],
        [["p%d" % n, "e%d" % rng.randrange(employers), "Stage %d" % n, rng.choice(["coop", "internship"]),
          rng.choice(PROGRAMMES)[0], rng.randint(1, 3), "2027-01-18", "2027-05-07", rng.choice(["35", "37.5"]),
          rng.choice(["on_site", "hybrid", "remote"])] for n in range(postings)])
    files["learners"] = write(
        path("learners"), ["external_id", "given_name", "family_name", "email", "language", "programme", "postal_code",
                           "latitude", "longitude", "max_distance_km", "available_from", "available_to", "hours_per_week",
                           "consent_on"],
        [["l%d" % n, rng.choice(GIVEN), rng.choice(FAMILY), "l%d@%s.example" % (n, name), rng.choice(["fr", "en"]),
          rng.choice(PROGRAMMES)[0], "J1H 5N1", *place(), rng.choice(["", "20", "50"]), "2027-01-04", "2027-06-30", "40",
          rng.choice(["2026-10-01", "2026-10-01", ""])] for n in range(learners)])
    files["learner_rankings"] = write(
        path("learner_rankings"), ["learner", "tier", "posting"],
        [["l%d" % n, tier + 1, "p%d" % p] for n in range(learners)
         for tier, p in enumerate(rng.sample(range(postings), min(ranked, postings)))])
    files["employer_rankings"] = write(
        path("employer_rankings"), ["posting", "tier", "learner"],
        [["p%d" % n, tier // 2 + 1, "l%d" % l] for n in range(postings)
         for tier, l in enumerate(rng.sample(range(learners), min(ranked, learners)))])
    files["direct_offers"] = write(path("direct_offers"), ["learner", "posting"],
                                   [["l%d" % n, "p%d" % n] for n in range(0, min(learners, postings), 50)])
    return files
