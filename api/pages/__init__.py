"""What pages share: templates, one stylesheet, and headers that let a page load nothing else."""
