# SPDX-License-Identifier: Apache-2.0
"""What feeds.md says, written a second time in another language, slowly and plainly: who fits where. Tests compare the
pool's answers with it; rounds are judged by tests/reference."""
import csv
import io
import math

EARTH_RADIUS_M = 6371008.8
DEFAULT_DISTANCE_M = 100000
WEIGHTS = (5, 3, 2)


# ---- feed files ------------------------------------------------------------------------------------------------------

def read_feed(path):
    """The rows of a feed file as dictionaries, whatever its delimiter, line ends and encoding."""
    with open(path, "rb") as source:
        raw = source.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    header = text.splitlines()[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def cells(text):
    return [cell for cell in (text or "").split("|") if cell]


def hundredths(text):
    return round(float(text.replace(",", ".")) * 100)


def is_yes(text, otherwise):
    return text.lower() in ("yes", "oui", "true", "1") if text else otherwise


class Places:
    """Coordinates of postal codes: the code's own, else the mean of those with the same first three characters."""

    def __init__(self, rows):
        self.codes, groups = {}, {}
        for row in rows:
            point = (float(row["latitude"]), float(row["longitude"]))
            self.codes[self.fold(row["code"])] = point
            groups.setdefault(self.fold(row["code"])[:3], []).append(point)
        self.areas = {area: tuple(sum(c) / len(points) for c in zip(*points)) for area, points in groups.items()}

    @staticmethod
    def fold(code):
        return code.replace(" ", "").upper()

    def find(self, code):
        code = self.fold(code or "")
        return self.codes.get(code) or self.areas.get(code[:3])


def distance_m(a, b):
    """Great circle, haversine, in whole metres."""
    (lat1, lon1), (lat2, lon2) = [[math.radians(x) for x in point] for point in (a, b)]
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return math.floor(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h))) + 0.5)


# ---- who fits where --------------------------------------------------------------------------------------------------

def failing_reasons(learner, posting, d):
    """Each rule of feeds.md that does not hold; d is the distance in metres, None where a place is unknown."""
    reasons = []
    if learner["programme"] not in posting["programmes"]:
        reasons.append("programme")
    if learner["wil_types"] and posting["wil_type"] not in learner["wil_types"]:
        reasons.append("type")
    if posting["starts_on"] < learner["available_from"] or posting["ends_on"] > learner["available_to"]:
        reasons.append("period")
    if posting["hours"] > learner["hours"]:
        reasons.append("hours")
    if posting["weekdays"] and learner["weekdays"] and not set(posting["weekdays"]) <= set(learner["weekdays"]):
        reasons.append("weekdays")
    tongues = {"both": {"fr", "en"}, "": {"fr", "en"}}.get(posting["language"], {posting["language"]})
    if posting["language"] and not tongues & set(learner["languages"] or [learner["language"]]):
        reasons.append("language")
    if posting["place"] != "remote" and learner["limit_m"] is not None:
        if d is None:
            reasons.append("place unknown")
        elif d > learner["limit_m"]:
            reasons.append("distance")
    if not learner["consent"]:
        reasons.append("consent")
    return reasons


def fit(learner, posting, d, weights=WEIGHTS):
    needed = learner["competencies"]
    offered = len(set(needed) & set(posting["competencies"]))
    part1 = 1000 * offered // len(set(needed)) if needed else 1000
    limit = DEFAULT_DISTANCE_M if learner["limit_m"] is None else learner["limit_m"]
    if posting["place"] == "remote":
        part2 = 1000
    elif d is None:
        part2 = 0
    elif limit == 0:
        part2 = 1000 if d == 0 else 0
    else:
        part2 = max(0, 1000 * (limit - d) // limit)
    part3 = min(1000, 1000 * posting["hours"] // learner["hours"])
    parts = (part1, part2, part3)
    return sum(w * p for w, p in zip(weights, parts)) // sum(weights)


def learner_facts(row, places):
    return {"programme": row["programme"], "wil_types": cells(row.get("wil_types")), "available_from": row["available_from"],
            "available_to": row["available_to"], "hours": hundredths(row["hours_per_week"]),
            "weekdays": cells(row.get("weekdays")), "languages": cells(row.get("languages")), "language": row["language"],
            "limit_m": int(row["max_distance_km"]) * 1000 if row.get("max_distance_km") else None,
            "competencies": cells(row.get("competencies")), "consent": bool(row.get("consent_on")),
            "place": places.find(row["postal_code"])}


def posting_facts(row, employer, places):
    return {"programmes": cells(row["programmes"]), "wil_type": row["wil_type"], "starts_on": row["starts_on"],
            "ends_on": row["ends_on"], "hours": hundredths(row["hours_per_week"]), "weekdays": cells(row.get("weekdays")),
            "language": row.get("language", ""), "place": row.get("place") or "on_site", "seats": int(row["seats"]),
            "competencies": cells(row.get("competencies")), "accepts_unranked": is_yes(row.get("accepts_unranked"), True),
            "point": places.find(row.get("postal_code") or employer["postal_code"])}


def pair_distance(learner, posting):
    if learner["place"] is None or posting["point"] is None:
        return None
    return distance_m(learner["place"], posting["point"])
