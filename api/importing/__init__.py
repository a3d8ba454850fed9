"""Reading uploaded files: bytes checked first, then records one by one.

A file is read twice from the disk. The first pass (`check_*`) finds what is wrong with the file as
a whole, before anything lands; the second gives its records.
"""
