import { NoetlError } from "@noetl/core";

/** Sends requests for some hosts elsewhere, as `curl --connect-to` does; addresses and Host headers stay as they are. */
export interface HostMap {
  /** The origin to connect to instead, `http://127.0.0.1:8080`; undefined = the host itself. */
  origin(url: URL): string | undefined;
}

/**
 * `NOETL_HTTP_HOSTS`: `host[:port]=origin` separated by commas, e.g.
 * `api.example.com=http://127.0.0.1:8080,db.local:5555=https://stand-in:8443`. Without a port every port of the host is
 * meant. For tests and development. Throws `NoetlError` code `CONFIG_INVALID`.
 */
export function readHosts(text: string | undefined): HostMap {
  const map = new Map<string, string>();
  for (const entry of (text ?? "").split(",").map((one) => one.trim())) {
    if (entry === "") continue;
    const at = entry.indexOf("=");
    const target = URL.parse(entry.slice(at + 1));
    if (at < 1 || target === null || !/^https?:$/.test(target.protocol)) {
      throw new NoetlError(
        "validation",
        "CONFIG_INVALID",
        `NOETL_HTTP_HOSTS: '${entry}' is not host[:port]=http://host:port`,
      );
    }
    map.set(entry.slice(0, at).trim().toLowerCase(), target.origin);
  }
  return {
    origin(url) {
      const port = url.port || (url.protocol === "https:" ? "443" : "80");
      return map.get(`${url.hostname}:${port}`) ?? map.get(url.hostname);
    },
  };
}
