import { ask, textIn } from "./keeper.ts";
import type { Wrapper } from "./wrapper.ts";

export interface GcpKms {
  /** `projects/P/locations/L/keyRings/R/cryptoKeys/K` */
  key: string;
  endpoint: string;
  /** host of the metadata server, which gives the identity this process runs under */
  metadataHost: string;
}

/** A key in Google Cloud KMS (server-api §7.1), asked under the identity of the machine or the workload. */
export function gcpKms({ key, endpoint, metadataHost }: GcpKms): Wrapper {
  const what = `Cloud KMS key '${key}'`;
  const question = async (action: "encrypt" | "decrypt", body: { [name: string]: string }) => {
    const identity = await ask({
      what: "Google metadata server",
      url: `http://${metadataHost}/computeMetadata/v1/instance/service-accounts/default/token`,
      headers: { "metadata-flavor": "Google" },
      hint: "gcp-kms works where Google Cloud gives the process an identity (Compute Engine, GKE with workload identity)",
    });
    return ask({
      what,
      url: `${endpoint.replace(/\/+$/, "")}/v1/${key}:${action}`,
      headers: { authorization: `Bearer ${textIn(identity, "access_token", "Google metadata server")}` },
      body,
      hint: "grant the service account roles/cloudkms.cryptoKeyEncrypterDecrypter on this key",
    });
  };
  return {
    provider: "gcp-kms",
    id: key,
    async wrap(dataKey) {
      const answer = await question("encrypt", { plaintext: Buffer.from(dataKey).toString("base64") });
      const version = /\/cryptoKeyVersions\/([^/]+)$/.exec(String(answer.name))?.[1];
      return { ct: textIn(answer, "ciphertext", what), kv: version ?? "primary" };
    },
    async unwrap(ct) {
      return Buffer.from(textIn(await question("decrypt", { ciphertext: ct }), "plaintext", what), "base64");
    },
    isNamed: (dek) => dek.kid === key,
  };
}
