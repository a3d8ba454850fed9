"""What pages share: the frame, one stylesheet, and headers that let a page load nothing else."""
