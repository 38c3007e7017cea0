"""Writes unicode_names.inc: the names of the characters, from this Python's unicodedata.

Run with the Python whose behaviour is the model: /usr/bin/python3.11 vm/base/generate_unicode_names.py
Names that Unicode computes (CJK ideographs, Hangul syllables) are left out. Aliases are not listed by
unicodedata; those below are checked against its lookup().
"""
import collections
import os
import unicodedata

ALIASES = """
NULL|START OF HEADING|START OF TEXT|END OF TEXT|END OF TRANSMISSION|ENQUIRY|ACKNOWLEDGE|ALERT|BACKSPACE
CHARACTER TABULATION|HORIZONTAL TABULATION|LINE FEED|NEW LINE|END OF LINE|LINE TABULATION|VERTICAL TABULATION
FORM FEED|CARRIAGE RETURN|SHIFT OUT|LOCKING-SHIFT ONE|SHIFT IN|LOCKING-SHIFT ZERO|DATA LINK ESCAPE
DEVICE CONTROL ONE|DEVICE CONTROL TWO|DEVICE CONTROL THREE|DEVICE CONTROL FOUR|NEGATIVE ACKNOWLEDGE
SYNCHRONOUS IDLE|END OF TRANSMISSION BLOCK|CANCEL|END OF MEDIUM|SUBSTITUTE|ESCAPE|INFORMATION SEPARATOR FOUR
FILE SEPARATOR|INFORMATION SEPARATOR THREE|GROUP SEPARATOR|INFORMATION SEPARATOR TWO|RECORD SEPARATOR
INFORMATION SEPARATOR ONE|UNIT SEPARATOR|DELETE|PADDING CHARACTER|HIGH OCTET PRESET|BREAK PERMITTED HERE
NO BREAK HERE|INDEX|NEXT LINE|START OF SELECTED AREA|END OF SELECTED AREA|CHARACTER TABULATION SET
HORIZONTAL TABULATION SET|CHARACTER TABULATION WITH JUSTIFICATION|HORIZONTAL TABULATION WITH JUSTIFICATION
LINE TABULATION SET|VERTICAL TABULATION SET|PARTIAL LINE FORWARD|PARTIAL LINE DOWN|PARTIAL LINE BACKWARD
PARTIAL LINE UP|REVERSE LINE FEED|REVERSE INDEX|SINGLE SHIFT TWO|SINGLE-SHIFT-2|SINGLE SHIFT THREE
SINGLE-SHIFT-3|DEVICE CONTROL STRING|PRIVATE USE ONE|PRIVATE USE-1|PRIVATE USE TWO|PRIVATE USE-2
SET TRANSMIT STATE|CANCEL CHARACTER|MESSAGE WAITING|START OF GUARDED AREA|START OF PROTECTED AREA
END OF GUARDED AREA|END OF PROTECTED AREA|START OF STRING|SINGLE GRAPHIC CHARACTER INTRODUCER
SINGLE CHARACTER INTRODUCER|CONTROL SEQUENCE INTRODUCER|STRING TERMINATOR|OPERATING SYSTEM COMMAND
PRIVACY MESSAGE|APPLICATION PROGRAM COMMAND|NUL|SOH|STX|ETX|EOT|ENQ|ACK|BEL|BS|TAB|HT|LF|NL|EOL|VT|FF|CR|SO|SI
DLE|DC1|DC2|DC3|DC4|NAK|SYN|ETB|CAN|EOM|EM|SUB|ESC|FS|GS|RS|US|SP|DEL|PAD|HOP|BPH|NBH|IND|NEL|SSA|ESA|HTS|HTJ|VTS
PLD|PLU|RI|SS2|SS3|DCS|PU1|PU2|STS|CCH|MW|SPA|EPA|SOS|SGC|SCI|CSI|ST|OSC|PM|APC|NBSP|SHY|CGJ|ALM|ZWSP|ZWNJ|ZWJ|LRM
RLM|LRE|RLE|PDF|LRO|RLO|NNBSP|MMSP|WJ|LRI|RLI|FSI|PDI|BYTE ORDER MARK|BOM|ZWNBSP|FVS1|FVS2|FVS3|FVS4|MVS
LATIN CAPITAL LETTER GHA|LATIN SMALL LETTER GHA|ARABIC SMALL HIGH LIGATURE ALEF WITH YEH BARREE
SYRIAC SUBLINEAR COLON SKEWED LEFT|KANNADA LETTER LLLA|LAO LETTER FO FON|LAO LETTER FO FAY|LAO LETTER RO
LAO LETTER LO|TIBETAN MARK BKA- SHOG GI MGO RGYAN|MONGOLIAN VOWEL SEPARATOR|WEIERSTRASS ELLIPTIC FUNCTION
MICR ON US SYMBOL|MICR DASH SYMBOL|LEFTWARDS TRIANGLE-HEADED ARROW WITH DOUBLE VERTICAL STROKE
RIGHTWARDS TRIANGLE-HEADED ARROW WITH DOUBLE VERTICAL STROKE|YI SYLLABLE ITERATION MARK
PRESENTATION FORM FOR VERTICAL RIGHT WHITE LENTICULAR BRACKET|CUNEIFORM SIGN NU11 TENU
CUNEIFORM SIGN NU11 OVER NU11 BUR OVER BUR|BYZANTINE MUSICAL SYMBOL FTHORA SKLIRON CHROMA VASIS
HANGUL JONGSEONG PANSIOS-KAPYEOUNPANSIOS|MEDEFAIDRIN CAPITAL LETTER H|MEDEFAIDRIN CAPITAL LETTER NG
MEDEFAIDRIN SMALL LETTER H|MEDEFAIDRIN SMALL LETTER NG|CUNEIFORM SIGN LAMADH TIMES GUD
HEBREW POINT JUDEO-SPANISH VARIKA|CUNEIFORM SIGN NU11 TENU|ARABIC LETTER KASHMIRI YEH
"""


def aliases():
    for name in ALIASES.replace("\n", "|").split("|"):
        if not name:
            continue
        try:
            char = unicodedata.lookup(name)
        except KeyError:
            continue
        if len(char) == 1 and unicodedata.name(char, "") != name:
            yield name, ord(char)
    for number in range(1, 257):
        yield f"VS{number}", (0xFE00 + number - 1) if number <= 16 else (0xE0100 + number - 17)


def main():
    entries = []
    for code in range(0x110000):
        name = unicodedata.name(chr(code), "")
        if name and not name.startswith("HANGUL SYLLABLE ") and not name.startswith("CJK UNIFIED IDEOGRAPH-"):
            entries.append((code, name))
    names = len(entries)
    for name, code in sorted(set(aliases()), key=lambda item: (item[1], item[0])):
        if unicodedata.lookup(name) == chr(code):
            entries.append((code, name))
    counts = collections.Counter(word for _, name in entries for word in name.split(" "))
    words = [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    index = {word: i for i, word in enumerate(words)}
    assert len(words) < 192 + 64 * 256

    data = bytearray()

    def number(value):
        while value >= 128:
            data.append(value & 127 | 128)
            value >>= 7
        data.append(value)

    previous = 0
    for position, (code, name) in enumerate(entries):
        if position == names:
            previous = 0
        number(code - previous)
        previous = code
        parts = name.split(" ")
        data.append(len(parts))
        for part in parts:
            i = index[part]
            if i < 192:
                data.append(i)
            else:
                data.append(192 + (i - 192 >> 8))
                data.append(i - 192 & 255)

    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unicode_names.inc")
    with open(path, "w", encoding="ascii") as out:
        out.write(f"// Generated by generate_unicode_names.py from Unicode {unicodedata.unidata_version}.\n\n")
        out.write(f"constexpr std::size_t kNameCount = {len(entries)};\n")
        out.write(f"constexpr std::size_t kFirstAlias = {names};\n\n")
        out.write("// The words of all names, the frequent ones first.\nconstexpr char kWords[] =\n")
        text = " ".join(words) + " "
        for start in range(0, len(text), 88):
            out.write(f'    "{text[start:start + 88]}"\n')
        out.write("    ;\n\n// For each name: distance of its code point from the last, number of words, words.\n")
        out.write("constexpr unsigned char kNames[] = {\n")
        for start in range(0, len(data), 24):
            out.write("    " + "".join(f"{byte}," for byte in data[start:start + 24]) + "\n")
        out.write("};\n")


main()
