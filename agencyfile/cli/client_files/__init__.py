"""From the plan of a client import to files.

`known` reads the clients of a valid agency file, `editing` changes values in the text of a file and nothing else,
`layout` says what goes into new files, `writing` carries a plan out.
"""
