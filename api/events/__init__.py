"""Events out: webhooks, what was sent to each, and the thread that sends."""
