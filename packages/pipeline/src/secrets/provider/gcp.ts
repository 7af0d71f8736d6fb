import { isObject, NoetlError } from "@noetl/core";
import { answer } from "@noetl/tools";
import { type SecretProvider, setting } from "./provider.ts";

/** Google Secret Manager: `projects/P/secrets/S[/versions/V]`, or the name of a secret in the project. */
export const gcpSecret: SecretProvider = async (request) => {
  const { host, path } = request;
  let name = path.replace(/^\/+/, "");
  if (!name.startsWith("projects/")) {
    const project = setting(
      request,
      ["project", "project_id"],
      ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GCP_PROJECT"],
    );
    if (!project) {
      throw new NoetlError("auth", "SECRET_PROJECT", `secret '${path}' names no Google project`, {
        hint: "write projects/PROJECT/secrets/NAME, or set GOOGLE_CLOUD_PROJECT",
      });
    }
    name = `projects/${project}/secrets/${name}`;
  }
  if (!name.includes("/versions/")) name += "/versions/latest";
  const token = await request.bearer(request.credential);
  const base = setting(request, ["endpoint"], []) ?? "https://secretmanager.googleapis.com";
  const url = `${base.replace(/\/$/, "")}/v1/${name}:access`;
  const fields = await answer(host, {
    what: `Google secret '${path}'`,
    url,
    init: { headers: { authorization: `Bearer ${token}` } },
  });
  const data = isObject(fields.payload) ? fields.payload.data : undefined;
  if (typeof data !== "string") throw new NoetlError("auth", "SECRET_EMPTY", `Google secret '${path}' has no data`);
  return Buffer.from(data, "base64").toString("utf8");
};
