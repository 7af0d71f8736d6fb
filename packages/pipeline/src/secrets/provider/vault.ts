import { isObject, NoetlError } from "@noetl/core";
import { answer } from "@noetl/tools";
import { type SecretProvider, setting, splitField } from "./provider.ts";

/** HashiCorp Vault: `secret/data/NAME#field` (KV 2) or any readable path; without a field the whole map as JSON text. */
export const vaultSecret: SecretProvider = async (request) => {
  const { path, field } = splitField(request.path);
  const address = setting(request, ["endpoint", "address", "addr", "url"], ["VAULT_ADDR"]);
  const token = setting(request, ["token", "vault_token"], ["VAULT_TOKEN"]);
  const namespace = setting(request, ["namespace"], ["VAULT_NAMESPACE"]);
  if (!address || !token) {
    throw new NoetlError("auth", "VAULT_CREDENTIALS", `Vault secret '${path}' needs an address and a token`, {
      hint: "name a credential with address and token in 'auth', or set VAULT_ADDR and VAULT_TOKEN",
    });
  }
  const fields = await answer(request.host, {
    what: `Vault secret '${path}'`,
    url: `${address.replace(/\/$/, "")}/v1/${path.replace(/^\/+/, "")}`,
    init: {
      headers: { "x-vault-token": token, ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }) },
    },
  });
  const outer = isObject(fields.data) ? fields.data : {};
  const data = isObject(outer.data) && isObject(outer.metadata) ? outer.data : outer;
  if (field === undefined) return JSON.stringify(data);
  const value = Object.hasOwn(data, field) ? data[field] : undefined;
  if (value === undefined)
    throw new NoetlError("not_found", "SECRET_FIELD", `Vault secret '${path}' has no field '${field}'`);
  return typeof value === "string" ? value : JSON.stringify(value);
};
