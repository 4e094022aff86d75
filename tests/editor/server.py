"""The language server that editors run on YAML, spoken to as an editor speaks to it: LSP over standard input."""

import json
import queue
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self

SETTINGS: Final = {
    "yaml": {
        "schemaStore": {"enable": False},  # nothing is fetched
        "validate": True,
        "hover": True,
        "completion": True,
        "disableDefaultProperties": True,
    },
}
_SECONDS: Final = 30.0


@dataclass(slots=True)
class LanguageServer:
    """One running server. Positions are pairs of line and column, counted from 0."""

    program: Path
    folder: Path
    _process: subprocess.Popen[bytes] = field(init=False)
    _inbox: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    _diagnostics: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _serial: int = 0

    def __enter__(self) -> Self:
        """Start the server and shake hands."""
        self._process = subprocess.Popen(
            ["node", self.program, "--stdio"], cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}},
        }
        self.ask("initialize", {"processId": None, "rootUri": self.folder.as_uri(), "capabilities": capabilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": SETTINGS})
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def open(self, path: Path) -> list[dict[str, Any]]:
        """Open a file that was not open before; the server's diagnostics."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": path.read_text("utf-8")}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while path.as_uri() not in self._diagnostics:
            self._take()
        return self._diagnostics[path.as_uri()]

    def complete(self, path: Path, at: tuple[int, int]) -> list[dict[str, Any]]:
        """What the editor offers at a position."""
        answer = self.ask("textDocument/completion", _place(path, at))
        return list(answer["items"] if isinstance(answer, dict) else answer)

    def hover(self, path: Path, at: tuple[int, int]) -> str:
        """What the editor shows when the mouse rests at a position, as Markdown."""
        answer = self.ask("textDocument/hover", _place(path, at))
        return str(answer["contents"]["value"]) if answer else ""

    def ask(self, method: str, parameters: object) -> Any:
        """Send a request; the result of its answer."""
        self._serial += 1
        self._send({"id": self._serial, "method": method, "params": parameters})
        while True:
            message = self._take()
            if message.get("id") == self._serial and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, parameters: object) -> None:
        self._send({"method": method, "params": parameters})

    def _take(self) -> dict[str, Any]:
        """The next message; what the server asks is answered, and diagnostics are kept."""
        message = self._inbox.get(timeout=_SECONDS)
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": _answer(message)})
        return message

    def _send(self, message: Mapping[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _listen(self, stream: IO[bytes]) -> None:
        while header := stream.readline():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                while stream.readline().strip():
                    pass
                self._inbox.put(json.loads(stream.read(int(value))))


def _answer(message: Mapping[str, Any]) -> object:
    """What an editor answers to the server's questions."""
    if message["method"] == "workspace/configuration":
        return [SETTINGS.get(item.get("section", ""), {}) for item in message["params"]["items"]]
    return None


def _place(path: Path, at: tuple[int, int]) -> dict[str, object]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": at[0], "character": at[1]}}
