"""返贫监测: clues, clocks, visits, urgent help before the paper, and a yearly judgement of every household that left poverty."""
