"""Write the files that are generated: schemas, references, static help, the picture."""
