import type { Guide } from "./guide.ts";

export const formatting: Guide = {
  name: "formatting",
  summary: "forms of results, colour, progress",
  parts: [
    {
      title: "Where it goes",
      text: "The result goes to stdout and nothing else does. Progress, questions, warnings and errors go to stderr. A reader that leaves early (noetl … | head) is no error.",
    },
    {
      title: "Forms of the result",
      text: "Of every command, with -o FORM or --output FORM:",
      rows: [
        ["table, text", "for people; the default"],
        ["json", "one document on one line; also --json and -j. Ids are text: they do not fit into numbers"],
        ["yaml", "the same document as YAML"],
        ["ndjson", "the rows of a list, one JSON object a line, as they come where they come one by one"],
        ["name", "the rows of a list, one name a line, for other commands: noetl runs -o name | head -1"],
      ],
    },
    {
      title: "Documents",
      text: 'Every document begins with its schema: {"schema": "noetl.runs/1", …}. The number goes up when a field changes its meaning or is gone; new fields may come at any time. A command that fails prints {"schema": "noetl.error/1", "error": {"code", "exit", "message", "hint"}} on stdout. noetl commands --json lists the schema of each command.',
    },
    {
      title: "Long results",
      text: "At a terminal, logs, events, lists and plans that do not fit on it go through NOETL_PAGER, PAGER or less. PAGER=cat prints them at once, as it is off a terminal and with TERM=dumb or CI.",
    },
    {
      title: "Colour",
      text: "The first that is set decides; without any, a terminal has colour and everything else has none.",
      rows: [
        ["NO_COLOR", "not empty: no colour"],
        ["FORCE_COLOR", "colour; 0 or false: none"],
        ["CLICOLOR_FORCE", "not 0: colour"],
        ["TERM=dumb", "no colour, nothing that moves"],
        ["CLICOLOR=0", "no colour"],
      ],
    },
    {
      title: "Progress and questions",
      rows: [
        ["no terminal, TERM=dumb, CI", "lines instead of a display that moves"],
        ["--quiet", "of run: no progress"],
        ["--no-input", "never ask; fail, and name the flag that answers. Without a terminal it is always so"],
        ["--yes", "the answer to a question, where a command asks one"],
      ],
    },
  ],
};
