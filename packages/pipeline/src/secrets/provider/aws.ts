import { createHash, createHmac } from "node:crypto";
import { isObject, NoetlError } from "@noetl/core";
import { answer } from "@noetl/tools";
import { type SecretProvider, type SecretRequest, setting, splitField } from "./provider.ts";

const SERVICE = "secretsmanager";

/** AWS Secrets Manager: name or ARN, `#field` for one key of a JSON secret. Signed with Signature Version 4. */
export const awsSecret: SecretProvider = async (request) => {
  const { path, field } = splitField(request.path);
  const arn = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(path)?.[1];
  const region = arn ?? setting(request, ["region", "aws_region"], ["AWS_REGION", "AWS_DEFAULT_REGION"]);
  const id = setting(request, ["access_key_id", "aws_access_key_id"], ["AWS_ACCESS_KEY_ID"]);
  const key = setting(request, ["secret_access_key", "aws_secret_access_key"], ["AWS_SECRET_ACCESS_KEY"]);
  const session = setting(request, ["session_token", "aws_session_token"], ["AWS_SESSION_TOKEN"]);
  if (!region || !id || !key) {
    const missing = [!region && "a region", !id && "an access key id", !key && "a secret access key"].filter(Boolean);
    throw new NoetlError("auth", "AWS_CREDENTIALS", `AWS secret '${path}' needs ${missing.join(" and ")}`, {
      hint: "name a credential in 'auth', or set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  }
  const url = new URL(setting(request, ["endpoint"], []) ?? `https://${SERVICE}.${region}.amazonaws.com/`);
  const body = JSON.stringify({ SecretId: path });
  const headers = signed(request, { url, body, region, id, key, session });
  const fields = await answer(request.host, {
    what: `AWS secret '${path}'`,
    url: url.href,
    init: { method: "POST", headers, body },
  });
  const text =
    typeof fields.SecretString === "string"
      ? fields.SecretString
      : Buffer.from(String(fields.SecretBinary ?? ""), "base64").toString("utf8");
  if (field === undefined) return text;
  const value: unknown = JSON.parse(text);
  if (isObject(value) && Object.hasOwn(value, field)) return String(value[field]);
  throw new NoetlError("not_found", "SECRET_FIELD", `AWS secret '${path}' has no field '${field}'`);
};

interface Signing {
  url: URL;
  body: string;
  region: string;
  id: string;
  key: string;
  session: string | undefined;
}

function signed(request: SecretRequest, sign: Signing): Record<string, string> {
  const time = new Date(request.host.now()).toISOString().replace(/[:-]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const headers: Record<string, string> = {
    "content-type": "application/x-amz-json-1.1",
    host: sign.url.host,
    "x-amz-date": time,
    ...(sign.session === undefined ? {} : { "x-amz-security-token": sign.session }),
    "x-amz-target": "secretsmanager.GetSecretValue",
  };
  const names = Object.keys(headers).sort();
  const canonical = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const ask = ["POST", sign.url.pathname, "", canonical, names.join(";"), hash(sign.body)].join("\n");
  const scope = `${day}/${sign.region}/${SERVICE}/aws4_request`;
  const key = [day, sign.region, SERVICE, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${sign.key}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, hash(ask)].join("\n")).toString("hex");
  const { host: _, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${sign.id}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
