# Programs.

class Program:
    """Compiled code; `tail` is what follows the first statement that returns, as a function body."""

    def __init__(self, source, filename):
        self.calls_main = re.search(r"^(async[ \t]+)?def[ \t]+main\b", source, re.M) is not None
        self.calls_main = self.calls_main and re.search(r"^result\b[ \t]*=", source, re.M) is None
        self.names = [name for name in MODULES if name in source]
        self.helpers = [helper for helper in HELPERS if helper.__name__ in source]
        self.returns = False
        if re.search(r"\breturn\b", source):
            tree = returning(source, filename)
            self.returns = tree is not None
            self.code = compile(tree if self.returns else source, filename, "exec", dont_inherit=True)
        else:
            self.code = compile(source, filename, "exec", dont_inherit=True)


def returning(source, filename):
    """The tree with everything from the first top-level `return` on wrapped in a function whose names are all global; None without one."""
    import ast

    tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

    def has_return(node):
        if isinstance(node, ast.Return):
            return True
        return not isinstance(node, functions) and any(has_return(child) for child in ast.iter_child_nodes(node))

    first = next((i for i, node in enumerate(tree.body) if has_return(node)), None)
    if first is None:
        return None
    body, names, stack = tree.body[first:], set(), list(tree.body[first:])
    while stack:
        node = stack.pop()
        if isinstance(node, functions):
            names.add(getattr(node, "name", None))
            continue
        if isinstance(node, comprehensions):
            names.update(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(a.asname or a.name.partition(".")[0] for a in node.names if a.name != "*")
        elif type(node).__name__ in ("ExceptHandler", "MatchAs", "MatchStar"):
            names.add(node.name)
        elif type(node).__name__ == "MatchMapping":
            names.add(node.rest)
        stack.extend(ast.iter_child_nodes(node))
    names.discard(None)
    shell = ast.parse("def body(): pass", filename)
    function = shell.body[0]
    function.name = "<module>"
    function.body = ([ast.Global(names=sorted(names))] if names else []) + body
    ast.copy_location(function, body[0])
    tree.body[first:] = [function]
    return ast.fix_missing_locations(tree)


PROGRAMS = {}


def program_of(source, filename):
    key = (source, filename)
    program = PROGRAMS.get(key)
    if program is None:
        if len(PROGRAMS) >= 64:
            PROGRAMS.clear()
        program = PROGRAMS[key] = Program(source, filename)
    return program
