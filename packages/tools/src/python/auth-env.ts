import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "@noetl/core";
import type { ProcessEnv } from "../process/environment.ts";
import type { Credential } from "../tool.ts";

export interface AuthEnvironment {
  env: ProcessEnv;
  /** removes the files that hold secrets */
  remove(): Promise<void>;
}

/** Credentials as the environment variables that client libraries read (worker-and-tools §11.2); others give none. */
export async function authEnvironment(auth: { [label: string]: Credential }): Promise<AuthEnvironment> {
  const env: ProcessEnv = {};
  const folders: string[] = [];
  for (const { type, data } of Object.values(auth)) {
    switch (type.toLowerCase()) {
      case "aws":
      case "s3":
        put(env, "AWS_ACCESS_KEY_ID", data.aws_access_key_id ?? data.access_key_id ?? data.key_id);
        put(env, "AWS_SECRET_ACCESS_KEY", data.aws_secret_access_key ?? data.secret_access_key ?? data.secret);
        put(env, "AWS_SESSION_TOKEN", data.aws_session_token ?? data.session_token);
        put(env, "AWS_DEFAULT_REGION", data.region);
        break;
      case "azure":
      case "azure_storage":
        put(env, "AZURE_STORAGE_CONNECTION_STRING", data.azure_storage_connection_string ?? data.connection_string);
        break;
      case "gcp":
      case "gcs":
      case "google":
      case "google_service_account":
      case "service_account": {
        const key =
          data.service_account_json ?? data.service_account ?? (data.private_key === undefined ? undefined : data);
        put(env, "GOOGLE_CLOUD_PROJECT", data.project_id ?? data.project);
        if (key === undefined) break;
        const folder = await mkdtemp(join(tmpdir(), "noetl-auth-"));
        folders.push(folder);
        const file = join(folder, "credentials.json");
        await writeFile(file, typeof key === "string" ? key : JSON.stringify(key), { mode: 0o600 });
        env.GOOGLE_APPLICATION_CREDENTIALS = file;
        break;
      }
    }
  }
  return {
    env,
    async remove() {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}

function put(env: ProcessEnv, name: string, value: Json | undefined): void {
  if (typeof value === "string" && value !== "") env[name] = value;
}
