import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export interface TestRegistry {
  /** makes npm ask it and no other */
  env: Record<string, string>;
  /** `told` is what the registry says the archive is, when that is not what it sends */
  publish(name: string, version: string, archive: Buffer, told?: Buffer): void;
  /** from now on it takes questions and answers none */
  hang(): void;
  asked: string[];
}

interface Published {
  archive: Buffer;
  integrity: string;
}

/** An npm registry on a free port with what a test publishes to it. */
export async function testRegistry(test: Pick<TestContext, "after">): Promise<TestRegistry> {
  const packages = new Map<string, Map<string, Published>>();
  const asked: string[] = [];
  let hangs = false;
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    asked.push(path);
    if (hangs) return;
    const [, name = "", version] = /^\/(.+?)(?:\/-\/(.+)\.tgz)?$/.exec(path) ?? [];
    const versions = packages.get(name);
    const found = versions?.get(version ?? "");
    if (versions && version === undefined) response.end(JSON.stringify(packument(name, versions)));
    else if (found) response.end(found.archive);
    else response.writeHead(404).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function packument(name: string, versions: Map<string, Published>) {
    const described = [...versions].map(([version, { integrity }]) => {
      const dist = { tarball: `${url}/${name}/-/${version}.tgz`, integrity };
      return [version, { name, version, dist }] as const;
    });
    const latest = [...versions.keys()].at(-1);
    return { name, "dist-tags": { latest }, versions: Object.fromEntries(described) };
  }

  return {
    env: { npm_config_registry: url, npm_config_fetch_retries: "0", npm_config_prefer_online: "true" },
    publish(name, version, archive, told = archive) {
      const integrity = `sha512-${createHash("sha512").update(told).digest("base64")}`;
      const versions = packages.get(name) ?? new Map<string, Published>();
      packages.set(name, versions.set(version, { archive, integrity }));
    },
    hang() {
      hangs = true;
    },
    asked,
  };
}
