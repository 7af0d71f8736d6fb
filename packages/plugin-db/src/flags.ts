import { Flags } from "@noetl/sdk";

export const directFlag = Flags.boolean({
  description: "on the database itself, without a server: NOETL_DATABASE_URL or POSTGRES_*, else this machine's",
});
