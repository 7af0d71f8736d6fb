import package_ from "../../package.json" with { type: "json" };
import { build } from "../built/info.ts";

/** What `--version --json` prints. */
export interface Version {
  schema: "noetl.version/1";
  version: string;
  /** git commit; empty when the sources run */
  commit: string;
  /** `source`, `bundle` or `binary` */
  build: string;
  /** `node` or `bun`, and which */
  runtime: { name: string; version: string };
  platform: string;
}

export const packageJson = { ...package_, version: build.kind === "source" ? package_.version : build.version };

export function version(): Version {
  const bun = process.versions.bun;
  return {
    schema: "noetl.version/1",
    version: packageJson.version,
    commit: build.commit,
    build: build.kind,
    runtime: bun ? { name: "bun", version: bun } : { name: "node", version: process.versions.node },
    platform: `${process.platform}-${process.arch}`,
  };
}

/** `noetl/1.2.3 linux-x64 node-v24.0.0` */
export function versionLine(): string {
  const { version: own, platform, runtime } = version();
  return `noetl/${own} ${platform} ${runtime.name}-v${runtime.version}`;
}
