# One call.

def arguments(main, given, context):
    """Positional and keyword arguments for `main`: by name from the input, then context.input, context.data, context."""
    target = main
    while hasattr(target, "__wrapped__"):
        target = target.__wrapped__
    code = getattr(target, "__code__", None)
    if code is None:
        return [], given
    if code.co_flags & 4:
        raise TypeError("main() must not take *%s: arguments are passed by name" % code.co_varnames[code.co_argcount + code.co_kwonlyargcount])
    positional = code.co_varnames[: code.co_argcount]
    if getattr(target, "__self__", None) is not None:
        positional = positional[1:]
    only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    optional = set(positional[len(positional) - len(target.__defaults__ or ()) :] if target.__defaults__ else ())
    optional.update(target.__kwdefaults__ or ())
    places = [given]
    if context is not None:
        places += [context[key] for key in ("input", "data") if isinstance(context.get(key), dict)] + [context]
    found, missing = {}, []
    for name in (*positional, *only):
        place = next((place for place in places if name in place), None)
        if place is not None:
            found[name] = place[name]
        elif name == "context":
            found[name] = context if context is not None else {}
        elif name in ("input_data", "args"):
            found[name] = dict(given)
        elif name not in optional:
            missing.append(name)
    if missing:
        raise TypeError("main() needs %s, which the step's input does not give" % ", ".join("'%s'" % name for name in missing))
    if code.co_flags & 8:
        found.update((key, value) for key, value in given.items() if key not in found)
    head = []
    for name in positional[: getattr(code, "co_posonlyargcount", 0)]:
        if name not in found:
            break
        head.append(found.pop(name))
    return head, found


def settle(value):
    if hasattr(value, "__await__"):
        import asyncio

        async def outer():
            return await value

        return asyncio.run(outer())
    return value


def evaluate(request, namespace):
    """(was a result set, the result)"""
    source, given, context = request["code"], request["input"], request.get("context")
    program = program_of(source, request["filename"])
    # A script that ends in `if __name__ == "__main__": main()` must not run main a second time.
    namespace["__name__"] = "noetl_step" if program.calls_main else "__main__"
    if request.get("file"):
        namespace["__file__"] = request["file"]
    for name in program.names:
        namespace[name] = load(name)
    for helper in program.helpers:
        namespace[helper.__name__] = helper
    namespace.update(execution_id=request["execution_id"], step=request["step"], input_data=dict(given), args=dict(given))
    if context is not None:
        namespace.update(context=context, variables=context)
        data = context.get("data", context.get("result"))
        if data is not None:
            namespace["data"] = data
    namespace.update(libraries(request.get("libs"), request.get("check_libs", True)))
    namespace.update(given)
    exec(program.code, namespace)
    returned = settle(namespace.pop("<module>")()) if program.returns else None
    if returned is not None:
        return True, returned
    if namespace.get("result") is not None:
        return True, settle(namespace["result"])
    main = namespace.get("main")
    if callable(main) and "main" not in given:
        head, named = arguments(main, given, context)
        value = settle(main(*head, **named))
        return (True, value) if value is not None else ("result" in namespace, None)
    return "result" in namespace or program.returns, None


def report(error, request):
    import linecache
    import traceback

    source, filename = request["code"], request["filename"]
    linecache.cache[filename] = (len(source), None, [line + "\n" for line in source.split("\n")], filename)
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != filename:
        trace = trace.tb_next
    lines = "".join(traceback.format_exception(type(error), error, trace)).rstrip("\n").split("\n")
    last = traceback.format_exception_only(type(error), error)
    del linecache.cache[filename]
    message = "".join(last[-1:] if isinstance(error, SyntaxError) else last).strip()
    name = type(error).__name__
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == filename else trace and line_of(trace, filename)
    if isinstance(error, MissingLibrary):
        name, message = "ModuleNotFoundError", str(error)
    return {
        "exception": name,
        "message": message,
        "traceback": "\n".join(lines[-20:]),
        "line": line,
        "missing_library": isinstance(error, MissingLibrary),
    }


def line_of(trace, filename):
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def failure(error, request):
    """Never raises: even the text of an exception is foreign code."""
    try:
        return report(error, request)
    except BaseException as another:
        name = type(error).__name__
        return {"exception": name, "message": "%s (its text cannot be shown: %s)" % (name, type(another).__name__), "traceback": ""}
