"""How old what is known of therapists' availability is, who has to confirm it, and who leaves."""
