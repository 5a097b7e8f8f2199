"""Table 5: what each command costs, and how long recovery takes, by how many orders rest."""
