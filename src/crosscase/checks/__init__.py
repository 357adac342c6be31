"""The rules that find what is broken; one module per family."""
