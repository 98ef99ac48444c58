"""How long each step usually takes in the demonstration, in days, and how far that varies."""

DAYS = {
    "apply": 12,
    "confirm": 3,
    "self_assess": 58,
    "assign_assessors": 4,
    "review": 12,
    "reconcile": 4,
    "release_report": 2,
    "choose_path": 8,
    "plan_coaching": 5,
    "respond": 4,
    "assign_coach": 4,
    "kick_off": 9,
    "work": 65,
    "close": 6,
    "mend_plan": 4,
    "feedback": 8,
    "reassess": 33,
    "open_packet": 4,
    "vote": 9,
    "announce": 4,
}
SPREAD = 0.35
