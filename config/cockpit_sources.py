"""Of what the operators' home, search and page of a customer are made, in the order in which they stand."""

WORK = [
    "custody.admin.cockpit_approvals.WORK",
    "config.cockpit_house.WORK",
    "oracle.admin.cockpit.WORK",
    "custody.admin.cockpit_trouble.WORK",
    "exchange.admin.cockpit_work.WORK",
    "vaults.admin.cockpit_work.WORK",
    "access.proposal_work.WORK",
    "access.cockpit_work.WORK",
]
FIGURES = [
    "config.cockpit_house.FIGURES",
    "oracle.admin.cockpit.FIGURES",
    "exchange.admin.cockpit_figures.FIGURES",
    "custody.admin.cockpit_figures.FIGURES",
    "vaults.admin.cockpit_figures.FIGURES",
]
SEARCH = [
    "access.cockpit_search.SEARCH",
    "custody.admin.cockpit_search.SEARCH",
    "vaults.admin.cockpit_search.SEARCH",
    "exchange.admin.cockpit_search.SEARCH",
    "ledger.cockpit.SEARCH",
]
PANELS = [
    "access.cockpit_panels.PANELS",
    "ledger.cockpit.PANELS",
    "custody.admin.cockpit_panels.PANELS",
    "exchange.admin.cockpit_panels.PANELS",
    "vaults.admin.cockpit_panels.PANELS",
    "access.cockpit_panels.MORE_PANELS",
]
