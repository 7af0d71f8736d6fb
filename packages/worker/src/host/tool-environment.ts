type Environment = { readonly [name: string]: string | undefined };

/** What opens the control plane itself. Credentials of tools are of another kind: playbooks ask for them by name. */
const OWN =
  /^(NOETL_(API_TOKEN|INTERNAL_API_TOKEN|SESSION_TOKEN|ENCRYPTION_KEY\w*|VAULT_TOKEN\w*|DATABASE_URL|PASSWORD|TLS_CLIENT_\w+|CREDENTIAL_\w+)|NATS_(URL|USER|PASSWORD|TOKEN)|POSTGRES_PASSWORD)$/;

/** The environment as tools see it: without the worker's own secrets (worker-and-tools §11.2). */
export function toolEnvironment(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OWN.test(name)));
}

/** Values that must not be printed: those secrets, and passwords inside addresses. */
export function ownSecrets(env: Environment): string[] {
  const found: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !(OWN.test(name) || /^NOETL_SECRET_/.test(name))) continue;
    const inside = /:\/\/[^/@\s]*:([^/@\s]+)@/.exec(value)?.[1];
    if (inside !== undefined) found.push(inside, decodeURIComponent(inside));
    else if (!/^NATS_(URL|USER)$|TLS_CLIENT/.test(name)) found.push(value);
  }
  return found;
}
