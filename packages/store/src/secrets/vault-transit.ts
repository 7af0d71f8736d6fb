import { readFile } from "node:fs/promises";
import { NoetlError } from "@noetl/core";
import { ask, textIn } from "./keeper.ts";
import type { Wrapper } from "./wrapper.ts";

export interface VaultTransit {
  address: string;
  /** name of the key in the transit engine */
  key: string;
  /** where the engine is mounted, default `transit` */
  mount: string;
  namespace?: string | undefined;
  token?: string | undefined;
  /** read anew for every question: agents renew it */
  tokenFile?: string | undefined;
}

/** A key that never leaves HashiCorp Vault: its transit engine encrypts the data keys (server-api §7.1). */
export function vaultTransit(options: VaultTransit): Wrapper {
  const id = `${options.mount}/${options.key}`;
  const what = `Vault transit key '${id}'`;
  const question = async (action: "encrypt" | "decrypt", body: { [name: string]: string }) => {
    const { address, mount, key, namespace } = options;
    const answer = await ask({
      what,
      url: `${address.replace(/\/+$/, "")}/v1/${mount}/${action}/${encodeURIComponent(key)}`,
      headers: {
        "x-vault-token": await tokenOf(options),
        ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
      },
      body,
      hint: "check NOETL_VAULT_ADDR, the token, and its policy: update on transit/encrypt and transit/decrypt of this key",
    });
    return answer.data;
  };
  return {
    provider: "vault-transit",
    id,
    async wrap(dataKey) {
      const ct = textIn(
        await question("encrypt", { plaintext: Buffer.from(dataKey).toString("base64") }),
        "ciphertext",
        what,
      );
      return { ct, kv: /^vault:(v\d+):/.exec(ct)?.[1] ?? "v1" };
    },
    async unwrap(ct) {
      return Buffer.from(textIn(await question("decrypt", { ciphertext: ct }), "plaintext", what), "base64");
    },
    isNamed: (dek) => dek.kid === id,
  };
}

async function tokenOf({ token, tokenFile }: VaultTransit): Promise<string> {
  if (token !== undefined) return token;
  try {
    return (await readFile(tokenFile ?? "", "utf8")).trim();
  } catch (error) {
    throw new NoetlError("auth", "KMS_TOKEN", `the Vault token cannot be read from ${tokenFile}`, { cause: error });
  }
}
