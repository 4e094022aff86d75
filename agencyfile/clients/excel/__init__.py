"""Workbooks (.xlsx) as a source. openpyxl reads them in a child process with limits, because workbooks are hostile."""
