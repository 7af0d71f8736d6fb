import type { Guide } from "./guide.ts";

/** Variables that people set. What servers and workers read beyond these is in docs/install.md. */
export const environment: Guide = {
  name: "environment",
  summary: "variables that are read",
  parts: [
    {
      title: "Servers and sessions",
      rows: [
        ["NOETL_SERVER_URL", "address of the server, with or without /api"],
        ["NOETL_CONTEXT", "as --context"],
        ["NOETL_SESSION_TOKEN", "session of a gateway, as --session-token"],
        ["NOETL_API_TOKEN", "token of a server that wants one; a server that is started wants it"],
        ["NOETL_USE_GATEWAY", "1 or 0, as --gateway and --no-gateway"],
        ["NOETL_HTTP_TIMEOUT_MS", "how long a request may take, as --request-timeout"],
        ["NOETL_AUTH0_CLIENT_SECRET", "of noetl auth login"],
      ],
    },
    {
      title: "Files and plugins",
      rows: [
        ["NOETL_HOME", "folder of settings, runs, credentials, plugins and logs"],
        ["NOETL_CONFIG", "file of settings and contexts"],
        ["NOETL_PLUGINS", "off: no plugins"],
        ["XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "where these folders are without NOETL_HOME"],
      ],
    },
    {
      title: "Output",
      rows: [
        ["NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM", "noetl help formatting"],
        ["NOETL_PAGER, PAGER", "program for what is longer than the terminal, less by default; cat or empty: none"],
        ["CI", "lines instead of a display that moves"],
      ],
    },
    {
      title: "Runs",
      rows: [
        ["NOETL_CREDENTIAL_NAME", "a credential: JSON {type, data}, or @FILE"],
        ["NOETL_SECRET_NAME", "a secret of the keychain"],
        ["NOETL_ENCRYPTION_KEY", "key of stored credentials; else a file in the data folder"],
        ["NOETL_ENCRYPTION_KEY_PREVIOUS", "the key before that one, while it is changed"],
        ["NOETL_ENCRYPTION_KEY_FILE, NOETL_ENCRYPTION_KEY_PREVIOUS_FILE", "the same from files"],
        [
          "NOETL_KMS_PROVIDER",
          "local, vault-transit or gcp-kms: who keeps the key of stored credentials (docs/server.md)",
        ],
        [
          "NOETL_VAULT_TRANSIT_KEY, NOETL_VAULT_TRANSIT_MOUNT",
          "vault-transit: the key, and where the engine is mounted",
        ],
        ["NOETL_VAULT_ADDR, NOETL_VAULT_TOKEN, NOETL_VAULT_TOKEN_FILE", "vault-transit: else VAULT_ADDR, VAULT_TOKEN"],
        ["NOETL_GCP_KMS_KEY, NOETL_GCP_KMS_ENDPOINT", "gcp-kms: projects/P/locations/L/keyRings/R/cryptoKeys/K"],
        [
          "NOETL_ALLOW_INSECURE_DEFAULT_KEY",
          "true: without a key a random one, gone with the process; never in production",
        ],
        [
          "NOETL_TEMPLATE_ENV_ALLOW",
          "variables that templates may read as env.NAME: names with *, commas between; by default all",
        ],
        ["NOETL_PYTHON", "the Python of steps"],
        ["NOETL_PYTHON_ISOLATION", "spawn: a Python of its own for every step"],
        ["NOETL_SCRIPT_ROOT", "script.uri of a step stays below this folder"],
        [
          "NOETL_KEYCHAIN_REFRESH_THRESHOLD",
          "seconds; an entry with auto_renew is renewed when less of its life remains, default 300",
        ],
        ["NOETL_KEYCHAIN_STRICT", "false: a keychain entry that cannot be had is an error only where it is used"],
        ["NOETL_INLINE_MAX_BYTES", "results larger than this are kept beside the event log"],
        ["NOETL_EVENT_RESULT_CONTEXT_MAX_BYTES", "the same; asked first"],
      ],
    },
    {
      title: "Tools",
      rows: [
        ["NOETL_HTTP_HOSTS", "other addresses for hosts, HOST=ORIGIN, with commas between"],
        ["NOETL_HTTP_MAX_RESPONSE_BYTES", "limit of an answer"],
        ["NOETL_HTTP_MOCK_LOCAL", "true: hosts that end in .local are answered without a request"],
        ["NOETL_POSTGRES_STATEMENT_TIMEOUT_MS", "limit of a statement"],
        ["NOETL_POSTGRES_MAX_RESULT_ROWS, NOETL_POSTGRES_MAX_RESULT_BYTES", "limits of a result"],
      ],
    },
    {
      title: "Servers and workers that are started here",
      rows: [
        ["NOETL_HOST, NOETL_PORT", "where a server listens"],
        ["NOETL_DATABASE_URL", "PostgreSQL of the server and of --direct; without it SQLite in the data folder"],
        ["POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD", "the same in parts"],
        ["NOETL_POSTGRES_DB, NOETL_USER, NOETL_PASSWORD", "the same, stronger"],
        ["NATS_URL, NATS_USER, NATS_PASSWORD", "NATS that wakes workers"],
        ["NOETL_WORKER_POOL_NAME", "name of the pool of a worker"],
        ["NOETL_WORKER_MAX_INFLIGHT_COMMANDS", "commands that a worker runs at once"],
        ["NOETL_LOG_LEVEL, NOETL_LOG_FORMAT", "of server and worker"],
      ],
    },
  ],
};
