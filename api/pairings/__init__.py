"""From a choice to the end: selection, answer, deadline, end; and the caseload that follows."""
