"""The demonstration's cases: a program that is a year old, told by where each city stands today.

`due` is counted in working days from today (negative: so many days late), every other number in days ago,
so that the demonstration looks alive on whichever day it is started.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# An engagement: the step that is open, and when it is due; `closed` and `dropped` so many days ago.
Coached = tuple[tuple[str, int], ...]
LOW, SILVER, GOLD, PLATINUM = 0.40, 0.54, 0.72, 0.88


@dataclass(frozen=True)
class Story:
    """One case. `step` is the open one, or the one at which it ended.

    `met` and `met_later` are the shares of the criteria that the city meets in its rounds. `end` says how
    the case ended, `days` how long ago; `announced` (negative: still to come) when its award is made public.
    """

    slug: str
    step: str
    due: int = 5
    met: float = LOW
    met_later: float = GOLD
    rounds: int = 1
    coached: Coached = ()
    end: str = ""
    days: int = 0
    announced: int = 0
    held: int = 0
    votes: int = 0
    refused: bool = False
    answered: float = 0.0


def _certified(slug: str, announced: int, *, met: float = SILVER, met_later: float = 0.0) -> Story:
    """After one round, or after coaching and a second one."""
    rounds = 2 if met_later else 1
    return Story(
        slug, "announce", met=met, met_later=met_later or met, rounds=rounds, announced=announced, end="award"
    )


# The first nine have one of each stage and end; a city's second case stands after its first.
STORIES = (
    Story("trenton-nj", "work", coached=(("work", 12), ("kick_off", -2))),
    Story("elizabeth-nj", "confirm", -1),
    Story("hoboken-nj", "review", 6),
    _certified("durham-nc", 33),
    Story("hamilton-nj-township", "confirm", end="population", days=70),
    Story("tulsa-ok", "vote", 4, met=GOLD, votes=2),
    Story("boise-id", "reassess", 8, answered=0.5),
    Story("rochester-ny", "self_assess", end="withdrawn", days=45),
    Story("syracuse-ny", "self_assess", held=16, answered=0.3),
    # A little of everything.
    Story("jersey-city-nj", "self_assess", 9, answered=0.6),
    Story("camden-nj", "choose_path", 3),
    Story("princeton-nj", "apply", 11),
    _certified("tempe-az", -12, met=LOW, met_later=PLATINUM),
    Story("worcester-ma", "assign_assessors", 1),
    Story("buffalo-ny", "plan_coaching", 1),
    Story("mesa-az", "open_packet", 2, rounds=2),
    # Applying.
    Story("reading-pa", "apply", 3),
    Story("savannah-ga", "apply", -4),
    Story("pueblo-co", "confirm", 2),
    Story("asheville-nc", "confirm", 0),
    # Answering.
    Story("bridgeport-ct", "self_assess", 41, answered=0.1),
    Story("richmond-va", "self_assess", 27, answered=0.45),
    Story("knoxville-tn", "self_assess", -6, answered=0.8),
    Story("toledo-oh", "self_assess", 3, answered=0.9),
    Story("omaha-ne", "self_assess", 52),
    Story("reno-nv", "self_assess", -14, answered=0.35),
    Story("santa-rosa-ca", "self_assess", 33, answered=0.7),
    # Reviewing.
    Story("lowell-ma", "assign_assessors", -2),
    Story("albany-ny", "review", 10),
    Story("ann-arbor-mi", "review", -3),
    Story("eugene-or", "review", 9, rounds=2),
    Story("grand-rapids-mi", "reconcile", 3, met=SILVER),
    Story("macon-ga", "release_report", 1),
    Story("spokane-wa", "choose_path", 7, met=SILVER),
    Story("akron-oh", "choose_path", -2),
    # Coaching.
    Story("lexington-ky", "plan_coaching", -1),
    Story("des-moines-ia", "respond", coached=(("respond", 2), ("respond", 2))),
    Story("lincoln-ne", "respond", coached=(("respond", -2), ("assign_coach", 3))),
    Story("tallahassee-fl", "kick_off", coached=(("kick_off", 4),)),
    Story("seattle-wa", "work", coached=(("work", 14),)),
    Story("madison-wi", "work", coached=(("work", 31), ("work", 22))),
    Story("fort-collins-co", "work", coached=(("work", 4), ("closed", 9))),
    Story("norfolk-va", "work", coached=(("work", -5),)),
    Story("peoria-il", "work", coached=(("work", 40), ("mend_plan", 2))),
    Story("tucson-az", "close", coached=(("close", 3), ("work", 8))),
    Story("wichita-ks", "close", coached=(("close", -2),)),
    Story("sacramento-ca", "work", coached=(("work", 25), ("dropped", 60))),
    Story("fort-wayne-in", "work", coached=(("work", 17),), held=9),
    # Again.
    Story("chattanooga-tn", "reassess", 24, answered=0.2),
    Story("evansville-in", "reassess", -7, answered=0.9),
    Story("st-petersburg-fl", "release_report", 2, rounds=2),
    # Deciding.
    Story("athens-ga", "vote", 8, rounds=2),
    Story("scottsdale-az", "vote", 1, met=PLATINUM, votes=4),
    Story("el-paso-tx", "announce", 3, met=SILVER),
    Story("columbia-sc", "plan_coaching", 4, met=SILVER, refused=True),
    # Certified within the year, and on the way to the next level.
    _certified("tacoma-wa", 236, met=GOLD),
    _certified("baltimore-md", 188),
    _certified("charleston-sc", 145, met=PLATINUM),
    _certified("boulder-co", 96, met=GOLD),
    _certified("long-beach-ca", 61, met=LOW, met_later=SILVER),
    _certified("memphis-tn", 12, met=LOW, met_later=GOLD),
    Story("baltimore-md", "self_assess", 20, answered=0.4),
    # Ended otherwise.
    Story("asbury-park-nj", "confirm", end="commitment", days=120),
    Story("flint-mi", "self_assess", end="inactive", days=25),
    Story("laredo-tx", "work", coached=(("work", 10),), end="withdrawn", days=30),
)


def halves(stories: Sequence[Story]) -> tuple[list[Story], list[Story]]:
    """To be made side by side; cities with an award, whose numbers follow each other, are in the first."""
    awarded = {story.slug for story in stories if story.announced}
    first = [story for story in stories if story.slug in awarded]
    others = [story for story in stories if story.slug not in awarded]
    more = max(0, len(stories) // 2 - len(first))
    return first + others[:more], others[more:]
