"""Long work as jobs: rows under a lease, each attempt a process of its own."""
