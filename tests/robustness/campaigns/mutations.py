"""One random mistake in a YAML text, of the kinds that people and editors make."""
import copy
import dataclasses
import re

import yaml

NUMBER = re.compile(r"^([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(.*)$")
VALUES = ["0", "-1", "-{}", "1e300", "1e400", "-1e400", "1e-300", "1e-400", "nan", ".nan", "inf", ".inf", "-inf",
          "1e18", "9223372036854775808", "18446744073709551616", "0x10", "1_000", "1,5", "1e", "--1", "1.2.3", "1e5e5", ""]
UNITS = ["", "s", "um", "uM", "kg", "parsec", "um^2/s/s", "1/s", "%", "°C", "µM", "nM", "furlong", "m/s", "um^99",
         "um^-3", "1e3 um", "EV", "cell", "molecule", "uM uM", "/", "^2", "s^", "(um)", "um**2"]
STRUCTURES = ["", [], {}, [[]], {"value": None}, {"value": {"value": {"value": "1"}}}, [1, 2, 3], "yes", "null", "~",
              "true", "- -", "x" * 20000, "\u202e", {"a b c": "1"}, "*", "&", "!!python/object:os.system x"]


@dataclasses.dataclass
class Mutation:
    kind: str
    what: str
    text: str
    path: tuple = ()
    misspelt_key: bool = False


class _Loader(yaml.SafeLoader):
    """Scalars stay the texts that they are in the file."""


for _tag in ("int", "float", "bool", "null", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda loader, node: node.value)


def _dump(tree):
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)


def _paths(node, at=()):
    """Every (path, value) in a tree."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield at + (key,), value
        yield from _paths(value, at + (key,))


def _parent(tree, path):
    for key in path[:-1]:
        tree = tree[key]
    return tree


def _named(path):
    return ".".join(map(str, path))


def _misspell_word(word, random):
    at = random.randrange(len(word))
    kind = random.randrange(4)
    if kind == 0 and len(word) > 3:
        return word[:at] + word[at + 1:]
    if kind == 1:
        return word[:at] + random.choice("aeiouxz") + word[at:]
    if kind == 2 and len(word) > 1:
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    return word[:at] + random.choice("aeiouqxz") + word[at + 1:]


def _misspell(tree, random):
    path, _ = random.choice([item for item in _paths(tree) if isinstance(item[0][-1], str) and len(item[0][-1]) > 2])
    parent, old = _parent(tree, path), path[-1]
    new = _misspell_word(old, random)
    while new in parent:
        new += "x"
    renamed = {new if key == old else key: value for key, value in parent.items()}
    parent.clear()
    parent.update(renamed)
    return f"{_named(path)} -> {new}", path


def _delete(tree, random):
    path, _ = random.choice(list(_paths(tree)))
    del _parent(tree, path)[path[-1]]
    return _named(path), path


def _change_number(tree, random, change):
    numbers = [path for path, value in _paths(tree) if isinstance(value, str) and NUMBER.match(value)]
    if not numbers:
        return _change_structure(tree, random)
    path = random.choice(numbers)
    parent = _parent(tree, path)
    parent[path[-1]] = change(*NUMBER.match(parent[path[-1]]).groups()).strip()
    return f"{_named(path)} = {parent[path[-1]]}", path


def _change_value(tree, random):
    return _change_number(tree, random, lambda number, unit: random.choice(VALUES).replace("{}", number) + " " + unit)


def _change_unit(tree, random):
    return _change_number(tree, random, lambda number, unit: number + " " + random.choice(UNITS))


def _change_structure(tree, random):
    path, _ = random.choice(list(_paths(tree)))
    new = copy.deepcopy(random.choice(STRUCTURES))
    _parent(tree, path)[path[-1]] = new
    return f"{_named(path)} = {str(new)[:40]}", path


def _exchange(tree, random):
    every = list(_paths(tree))
    (p, v), (q, w) = random.choice(every), random.choice(every)
    if p[:len(q)] != q and q[:len(p)] != p:
        _parent(tree, p)[p[-1]], _parent(tree, q)[q[-1]] = w, v
    return f"{_named(p)} <-> {_named(q)}", p


def _double_line(text, random):
    lines = text.split("\n")
    at = random.randrange(len(lines))
    lines.insert(at, lines[at])
    return f"line {at + 1}", "\n".join(lines)


def _spoil_text(text, random):
    at = random.randrange(len(text))
    lines = text.split("\n")
    line = random.randrange(len(lines))
    how = random.randrange(5)
    if how == 0:
        return "cut", text[:at]
    if how == 1:
        return "junk", text[:at] + "".join(chr(random.randrange(1, 0x2000)) for _ in range(20)) + text[at:]
    if how == 2:
        return "one character", text[:at] + random.choice("{}[]:,&*!|>'\"%@`#-?\n ") + text[at + 1:]
    lines[line] = ("\t" if how == 3 else " ") + lines[line]
    return f"{'tab' if how == 3 else 'blank'} in line {line + 1}", "\n".join(lines)


_TREE_KINDS = {_misspell: 24, _delete: 12, _change_value: 24, _change_unit: 14, _change_structure: 12, _exchange: 4}
_TEXT_KINDS = {_double_line: 4, _spoil_text: 6}


def mutate(text, random):
    """One mistake in a YAML text; comments go, as the text is written anew."""
    kinds = {**_TREE_KINDS, **_TEXT_KINDS}
    kind = random.choices(list(kinds), list(kinds.values()))[0]
    name = kind.__name__.strip("_").replace("_", " ")
    tree = yaml.load(text, _Loader)
    if kind in _TEXT_KINDS:
        what, changed = kind(_dump(tree), random)
        return Mutation(name, what, changed)
    what, path = kind(tree, random)
    return Mutation(name, what, _dump(tree), path, kind is _misspell)
