type Environment = { readonly [name: string]: string | undefined };

/**
 * The proxy for an address, from `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` in lower or upper case, as curl
 * reads them: lower case first; `no_proxy` is a list of hosts, domains (`.example.com`), `host:port` and `*`.
 */
export function proxyFor(url: URL, environment: Environment): string | undefined {
  const proxy =
    variable(environment, url.protocol === "https:" ? "https_proxy" : "http_proxy") ??
    variable(environment, "all_proxy");
  if (proxy === undefined || isExcluded(url, variable(environment, "no_proxy") ?? "")) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function variable(environment: Environment, name: string): string | undefined {
  return environment[name] || environment[name.toUpperCase()] || undefined;
}

function isExcluded(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === "") return false;
    if (entry === "*") return true;
    const [, name = "", entryPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (entryPort !== undefined && entryPort !== port) return false;
    return host === name || host.endsWith(`.${name}`);
  });
}
