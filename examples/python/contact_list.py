"""Reads a list of contacts: one line is one contact, and its phone number is the first field of the line.

Numbers without a plus are Brazilian. For another country change COUNTRY and NATIONAL. `contact-list.ts` of the examples in
TypeScript has the same rules.
"""

import json
import re

# The country code of numbers that are written without one, and the rest of such a number: area code, then 8 or 9 digits.
COUNTRY = "55"
NATIONAL = "[1-9]{2}(?:9[0-9]{8}|[2-9][0-9]{7})"
# Invisible characters around a number that is copied from WhatsApp or a spreadsheet.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015]")

# No American number begins with 0 or 1 after the country code: a plus before a Brazilian area code is a typing error.
FOREIGN = re.compile(r"\+(?!1[01])[1-9][0-9]{7,14}")
OF_COUNTRY = re.compile(rf"\+?{COUNTRY}0?({NATIONAL})")
WITHOUT_CODE = re.compile(rf"0?({NATIONAL})")


def read_contact_file(path):
    """(contacts, problems) of a file, with or without a BOM, with any line ends."""
    with open(path, encoding="utf-8-sig", errors="replace") as lines:
        return read_contacts(((f"line {place}", line) for place, line in enumerate(lines, 1)))


def read_contacts(lines):
    """(contacts, problems) of pairs of a place, such as "line 1", and a text.

    Contacts are phone numbers as Evolution accepts them: digits with the country code, each phone once, in the order of the list.
    Problems are messages for lines without a phone number. Empty lines are ignored.
    """
    contacts, problems = {}, []
    for place, line in lines:
        if not INVISIBLE.sub("", line).strip():
            continue
        field = re.split("[;,\t]", line)[0]
        number = read_number(field)
        if number is None:
            got = json.dumps(field.strip()[:40])
            problems.append(
                f"{place} skipped: expected a phone number at its start, such as (31) 98765-4321 or +5531987654321, got {got}"
            )
        else:
            contacts.setdefault(phone_key(number), number)
    return list(contacts.values()), problems


def read_number(field):
    """Reads a phone number as people write it. Returns digits with the country code, or None."""
    plain = SEPARATORS.sub("", re.sub('^"|"$', "", INVISIBLE.sub("", field).strip()))
    plain = re.sub("^00", "+", plain)
    match = OF_COUNTRY.fullmatch(plain) or WITHOUT_CODE.fullmatch(plain)
    if match:
        return COUNTRY + match[1]
    return plain[1:] if FOREIGN.fullmatch(plain) and not plain.startswith(f"+{COUNTRY}") else None


def phone_key(number):
    """Equal for two forms of one phone. WhatsApp writes old Brazilian mobiles without the ninth digit, Mexican mobiles with a 1
    and Argentine mobiles with a 9 behind the country code."""
    digits = re.sub("[^0-9]", "", number)
    digits = re.sub(r"^(55[1-9]{2})9([6-9][0-9]{7})$", r"\1\2", digits)
    digits = re.sub(r"^521([0-9]{10})$", r"52\1", digits)
    return re.sub(r"^549([0-9]{10})$", r"54\1", digits)
