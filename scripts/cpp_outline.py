"""A rough outline of a C++ file: its functions with their lengths, and its mutable globals.

No parser, but a walk along braces and semicolons, which is enough for formatted code without macros.
"""

import re

NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
TEMPLATE = re.compile(r"^\s*template\s*<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>\s*(requires\s[^;{]*?\s(?=\w))?")
ATTRIBUTE = re.compile(r"\[\[.*?\]\]|__attribute__\s*\(\(.*?\)\)|alignas\s*\([^)]*\)")
NO_VARIABLE = re.compile(
    r"^\s*(using|typedef|class|struct|enum|union|static_assert|friend|template|namespace|concept|asm|return)\b")


def without_noise(text):
    """The same lines without comments and without what strings say."""
    def blank(match):
        kept = "\n" * match.group().count("\n")
        return kept if match.group().startswith("/") else '""' + kept
    return NOISE.sub(blank, text)


def plain(head):
    return ATTRIBUTE.sub(" ", TEMPLATE.sub("", head.strip())).strip()


def without_parentheses(text):
    text, found = re.sub(r"operator\s*[^\s\w(]+", "", text), 1
    while found:
        text, found = re.subn(r"\([^()]*\)", "", text)
    return text


def is_mutable_variable(head):
    """Whether a statement at namespace scope, up to its ';', defines a variable that can change."""
    declared = re.split(r"(?<![=<>!])=(?!=)|\{", plain(head))[0].strip()
    if NO_VARIABLE.match(declared) or "(" in declared or "operator" in declared:
        return False
    if not re.search(r"[\w>*&\]]\s*[\s*&]\s*[A-Za-z_][\w:]*\s*(\[[^\]]*\]\s*)*$", declared):
        return False
    if "thread_local" in declared:
        return True
    if re.search(r"\bconstexpr\b", declared):
        return False
    if "*" in declared:
        return not re.search(r"\*\s*const\b", declared)
    return not re.search(r"\bconst\b", declared)


def kind_of_block(head, scope, parentheses):
    """What a '{' after `head` opens."""
    text = plain(head)
    if scope in ("function", "inner") or parentheses:
        return "inner"
    if re.match(r"^(inline\s+)?namespace\b", text) or text == 'extern ""':
        return "namespace"
    if re.match(r"^(class|struct|union|enum)\b", text) and "(" not in text:
        return "class"
    if "(" not in text or re.search(r"(?<![=<>!])=(?!=)", without_parentheses(text)):
        return "initializer"
    if re.search(r"\)\s*(noexcept\s*)?:(?!:)", text) and re.search(r"[\w>]$", text):
        return "initializer"  # of a member, before the constructor's body
    return "function"


class Outline:
    def __init__(self, text):
        self.functions = []  # (first line, number of lines)
        self.mutable = []    # lines
        self._walk(without_noise(text))

    def _walk(self, text):
        scopes = [("namespace", 0, "")]
        head, start, line, parentheses, directive = "", 0, 1, 0, False
        for position, letter in enumerate(text):
            if letter == "#" and text[:position].rsplit("\n", 1)[-1].strip() == "":
                directive = True
            if letter == "\n":
                line += 1
                directive = directive and text[position - 1] == "\\"
            if directive:
                continue
            if not head.strip() and not letter.isspace():
                start = line
            if letter in "()":
                parentheses += 1 if letter == "(" else -1
            if letter == "{":
                scopes.append((kind_of_block(head, scopes[-1][0], parentheses), start, head, parentheses))
                head, parentheses = "", 0
            elif letter == "}" and len(scopes) > 1:
                kind, start, before, parentheses = scopes.pop()
                if kind == "function":
                    self.functions.append((start, line - start + 1))
                head = before + "{}" if kind in ("initializer", "inner") and parentheses + (kind == "initializer") else ""
            elif letter == ";" and parentheses == 0:
                self._statement(head, scopes[-1][0], start)
                head = ""
            else:
                head += letter

    def _statement(self, head, scope, start):
        static = re.match(r"^\s*(inline\s+)?(static|thread_local)\b", head)
        if scope == "namespace" and is_mutable_variable(head):
            self.mutable.append(start)
        elif scope == "class" and static and is_mutable_variable(head):
            self.mutable.append(start)
        elif scope in ("function", "inner") and static and not re.search(r"\bconst(expr)?\b", head.split("=")[0]):
            self.mutable.append(start)
