"""The agency file's models: what each block may hold. They validate, and the published schema is made of them."""
