"""Benchmarks: each table one module with `command` or `run`, ratios first.

- quality.py: table 1, ranking in clinics whose truth is known; gain.py is the measure
- real.py: table 2, real ratings (real_data.py)
- engine.py: table 3
- service.py: table 4 (load.py, service_app.py)
- training.py: table 5
- calibration.py: how far expected fits can be believed, and who gets to be seen
- plots.py, summary.py: all of it as SVG, and in Markdown

What they rest on:

- clinics.py: every clinic by name and seed, as a `Dataset` (dataset.py)
- worlds.py, histories.py, contract_rows.py: simple clinics, their past, and both as rows
- seeded.py: the worlds of `seed`
- reference.py, answers.py: the exact posterior; what answers say of a fit
- beliefs.py, seeded_beliefs.py, look_alikes.py: what Bayes-optimal sees of either kind of clinic
- methods/: ways to rank, by name in registry.py
"""
