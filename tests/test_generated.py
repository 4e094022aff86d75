"""Generated files are what their sources make of them."""

from tools.generators import __main__ as generate


def test_generated_files_are_up_to_date() -> None:
    """The schema is that of the models; the static help is that of the commands."""
    for path, text in generate.generated().items():
        assert path.read_text("utf-8") == text, f"stale: {path.name} (make schema)"
