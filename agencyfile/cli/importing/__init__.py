"""From the portal's inventory to agency files.

`spoken` knows what the file says already, `selection` what can be declared and what not, `blocks` which words,
`scalars` and `text` how they are written, `layout` into which files; `writing` puts those into the folder.
"""
