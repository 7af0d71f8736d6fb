/** How templates name a value; names with a hyphen cannot follow a dot. */
export function reference(path: string): string {
  let text = ".Values";
  for (const key of path.split(".")) {
    text = /^\w+$/.test(key) ? `${text}.${key}` : `(index ${text} "${key}")`;
  }
  return text;
}

const included = (file: string): string => `include (print $.Template.BasePath "/${file}") .`;

/** Names of `Derived` in a chart; `version NAME` is the tag of an image of the values. */
export function derivedExpression(name: string): string {
  if (name === "namespace") return ".Release.Namespace";
  if (name === "manager") return ".Release.Service";
  const image = /^version (.+)$/.exec(name)?.[1];
  if (image !== undefined) return `${reference(image)} | splitList ":" | last | replace "/" "-" | trunc 63`;
  const files = DIGESTS[name];
  if (files === undefined) throw new TypeError(`nothing says how ${name} is computed`);
  const [only = ""] = files;
  // The image is part of a migration: a newer one has newer tables.
  const of = name === "migration" ? `print ${reference("image.ref")} (${included(only)})` : included(only);
  return `${of} | sha256sum | trunc 10`;
}

const DIGESTS: { readonly [name: string]: readonly string[] } = {
  "server-config": ["configmap-noetl-server-config.yaml"],
  "worker-config": ["configmap-noetl-worker-config.yaml"],
  migration: ["configmap-noetl-server-config.yaml"],
  "postgres-config": ["configmap-postgres-init.yaml"],
  "nats-config": ["configmap-nats-config.yaml"],
};
