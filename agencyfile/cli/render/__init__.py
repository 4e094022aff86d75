"""Renderers: from documents and events to text. None of them computes anything."""
