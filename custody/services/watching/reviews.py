"""What follows from the facts: settlements of spends, the house's coins, deposits, alarms, receivables.

Each looks for rows whose state and facts disagree, so that it may be cut anywhere and simply run again.
"""

from custody.faults import fault_point
from custody.services.deposits import review_deposits
from custody.services.house_coins import review_house_coins
from custody.services.position import note_review, read_position
from custody.services.receivables import meet_receivables
from custody.services.spending import settle
from custody.services.spending.lost import end_lost_vault_spends
from custody.services.unexpected import note_unexpected_spends


def review() -> bool:
    """Whether something was found to do. What could not be done yet is looked at again in the next turn."""
    position = read_position()
    is_new = position.reviewed_number < position.facts_number
    if is_new:
        note_unexpected_spends()
        is_done = settle.review(position)  # first: a coin that comes back is booked when its deposit goes
        fault_point("settled")
        end_lost_vault_spends()
        is_done = review_house_coins() and is_done
        is_done = review_deposits() and is_done
        fault_point("reviewed")
        if is_done:
            note_review(position.facts_number)
    met = meet_receivables()
    return bool(met)
