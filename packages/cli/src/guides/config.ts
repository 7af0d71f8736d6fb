import { SETTINGS } from "@noetl/sdk";
import type { Guide } from "./guide.ts";

export const config: Guide = {
  name: "config",
  summary: "settings and contexts, and who decides",
  parts: [
    {
      title: "Which server",
      text: "The first that is there decides; noetl config explain server_url shows all of them.",
      rows: [
        ["--server-url URL", "the whole address"],
        ["--host H, --port P", "one alone is enough: localhost, 8082"],
        ["NOETL_SERVER_URL", "beats contexts, also one that is named with --context; that is said"],
        ["--context NAME", "or NOETL_CONTEXT: a context for one command"],
        ["current context", "noetl context use NAME"],
        ["server_url", "of the settings"],
        ["http://localhost:8082", ""],
      ],
    },
    {
      title: "Which session",
      text: "--session-token, NOETL_SESSION_TOKEN, that of the context, NOETL_API_TOKEN. The session of a context goes to the server of that context and to no other.",
    },
    { title: "Settings", rows: SETTINGS.map(({ key, description }) => [key, description]) },
    {
      title: "The file",
      text: "config.yaml in the folder that NOETL_HOME names, else in ~/.noetl or $XDG_CONFIG_HOME/noetl; NOETL_CONFIG names another. It is written as a whole, with mode 0600; keys that are not known are kept. When it is broken, only what needs it fails.",
    },
  ],
};
