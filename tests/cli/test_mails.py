"""Mails that hand an account over: in the client's language, from templates that a repository can replace."""

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsal import Rehearsal
from stories import agency

from agencyfile.cli.exit_codes import CommandExit
from agencyfile.cli.mails import VALUES, MailTemplate, find_template, languages, written

OPENINGS = {
    "de": "Guten Tag,",
    "en": "Hello,",
    "es": "Hola:",
    "fr": "Bonjour,",
    "it": "Buongiorno,",
    "nl": "Goedendag,",
    "pt": "Olá,",
}
NAMES = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}


def test_mail_is_shipped_in_seven_languages_that_name_the_same_values() -> None:
    """Each template holds every value that a client needs, and no other."""
    assert languages() == tuple(OPENINGS)
    for language in languages():
        template = find_template("handover", language, Path("/nonexistent"))
        text = template.subject + template.body
        assert {name for name in VALUES if f"${name}" in text} == {"client", "host", "address", "user", "answer"}
        assert template.body.startswith(OPENINGS[language])


@pytest.mark.parametrize("code", list(OPENINGS))
def test_mail_is_in_the_language_of_the_account(rehearsal: Rehearsal, code: str) -> None:
    """The language is that of the block; the mail names the login, the client, and whom to ask."""
    rehearsal.write(agency(rehearsal.recipient, acme=f"language: {NAMES[code]}"))

    document = json.loads(rehearsal.run("steps", "mail", "acme", "--format", "json").out)

    assert (document["language"], document["to"]) == (code, "acme@client.example")
    assert document["body"].startswith(OPENINGS[code])
    for words in ("https://acme.activehosted.com", "admin", "Acme", "ops@northwind.example"):
        assert words in document["body"]
    assert "$" not in document["subject"] + document["body"]


def test_mail_in_another_language_is_in_the_closest_one_or_in_english(rehearsal: Rehearsal) -> None:
    """Nobody gets a mail in a language that we cannot write well."""
    rehearsal.write(agency(rehearsal.recipient, acme="language: danish", beta="language: portuguese - brazil"))

    assert json.loads(rehearsal.run("steps", "mail", "acme", "--format", "json").out)["language"] == "en"
    assert json.loads(rehearsal.run("steps", "mail", "beta", "--format", "json").out)["language"] == "pt"
    ran = rehearsal.run("steps", "mail", "account.acme", "--language", "it")
    assert ran.out.startswith("To: acme@client.example\nSubject: Il suo account è pronto: acme.activehosted.com\n\n")
    assert rehearsal.run("steps", "mail", "nobody").code == 1


def test_template_of_the_repository_counts_for_more(rehearsal: Rehearsal) -> None:
    """A file beside the agency file replaces the shipped one, in any language; a wrong one is refused."""
    rehearsal.write(agency(rehearsal.recipient, acme="language: danish"))
    rehearsal.write("Subject: Velkommen $client\n\nHej $client,\n\n$address\n\nPris: 100 $$\n", "mails/handover.da.txt")

    ran = rehearsal.run("steps", "mail", "acme")

    assert ran.out == (
        "To: acme@client.example\nSubject: Velkommen Acme\n\n"
        "Hej Acme,\n\nhttps://acme.activehosted.com\n\nPris: 100 $\n"
    )
    rehearsal.write("Subject: x\n\n$password and $ alone\n", "mails/handover.da.txt")
    ran = rehearsal.run("steps", "mail", "acme")
    assert ran.code == 1
    assert "$password" in ran.err
    rehearsal.write("no subject\n", "mails/handover.da.txt")
    assert "begin it with" in rehearsal.run("steps", "mail", "acme").err


def test_steps_show_has_the_mail_in_the_clients_language(rehearsal: Rehearsal) -> None:
    """The step of a French account holds the French mail; its digest is that of the plan, so evidence still fits."""
    rehearsal.write(agency(rehearsal.recipient, acme="", beta="language: english"))
    rehearsal.apply()
    planned = {step["id"]: step for step in rehearsal.plan()["manual_steps"]}

    step = json.loads(rehearsal.run("steps", "show", "account.acme.handover", "--format", "json").out)

    assert "Subject: Votre compte est prêt : acme.activehosted.com" in step["text"]
    assert "agencyfile credentials reveal acme" in step["text"]
    assert step["digest"] == planned["account.acme.handover"]["digest"]
    assert "Bonjour," in rehearsal.run("steps", "show", "account.acme.handover").out
    assert "Hello," in rehearsal.run("steps", "show", "account.beta.handover").out
    done = rehearsal.run("steps", "done", "account.acme.handover", "--evidence", "sent")
    assert done.code == 0, done
    assert "account.acme.handover" not in [one["id"] for one in rehearsal.plan()["manual_steps"]]


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("\r\n\t<>\"'@:;,$\\=&%\u202e\u2028\x00\x1b"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=60,
)
TEMPLATE = MailTemplate("en", "Ready: $host", "Hello $client,\n\n$address\n\nAsk $answer.\n", "shipped")


@pytest.mark.attack("B20", "a client's name that adds headers, lines or words of a template to a mail")
@given(name=HOSTILE, answer=HOSTILE)
def test_untrusted_name_adds_no_header_no_line_and_no_placeholder(name: str, answer: str) -> None:
    """The mail has the headers and lines of its template, whatever the client is called; it is plain text."""
    values = {"client": name, "host": "acme.activehosted.com", "address": "https://acme", "answer": answer}

    mail = written(TEMPLATE, "acme@client.example", values)
    message = message_from_bytes(mail.message(), policy=default)

    assert sorted(message.keys()) == [
        "Content-Transfer-Encoding",
        "Content-Type",
        "MIME-Version",
        "Subject",
        "To",
        "X-Unsent",
    ]
    assert [address.addr_spec for address in message["To"].addresses] == ["acme@client.example"]
    assert message["Subject"] == "Ready: acme.activehosted.com"
    assert message.get_content_type() == "text/plain"
    lines = [line for line in mail.body.split("\n") if line]
    wanted = 1 + bool(name.split()) + bool(answer.split())
    assert len(lines) == wanted
    assert mail.body.splitlines() == mail.body.split("\n")[:-1]
    assert mail.text().count("\nSubject: ") == 1
    assert message.get_content().replace("\r\n", "\n") == mail.body


def test_template_that_is_none_is_refused(tmp_path: Path) -> None:
    """Its path is named."""
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "handover.en.txt").write_bytes(b"Subject: \xff\n\nx")

    with pytest.raises(CommandExit, match="not UTF-8"):
        find_template("handover", "en", tmp_path)
