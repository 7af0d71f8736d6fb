import { EXIT } from "@noetl/sdk";
import type { Guide } from "./guide.ts";

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "fine, also when there was nothing to do, such as stopping what does not run",
  failure: "any other failure",
  usage: "wrong usage, or an invalid playbook",
  notFound: "the named thing does not exist",
  unavailable: "a server cannot be reached, or does not answer in time",
  runFailed: "the run ended FAILED; only where the command waits for the end",
  runCancelled: "the run ended CANCELLED; only where the command waits for the end",
  auth: "not authenticated, or the session has ended",
  unknownCommand: "there is no such command",
  interrupted: "Ctrl-C",
};

export const exitCodes: Guide = {
  name: "exit-codes",
  summary: "what the exit code of a command says",
  parts: [
    {
      title: "Exit codes",
      text: "They are the same for every command.",
      rows: Object.entries(EXIT).map(([key, code]) => [String(code), MEANINGS[key as keyof typeof EXIT]]),
    },
    {
      title: "In documents",
      text: 'With --json the same number is in the document: {"error": {"code", "exit", "message", "hint"}}. The code is a word that stays the same from version to version; the message is for people.',
    },
  ],
};
