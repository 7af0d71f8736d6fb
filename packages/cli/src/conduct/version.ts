import package_ from "../../package.json" with { type: "json" };

/** `noetl/1.2.3 linux-x64 node-v24.0.0` */
export function versionLine(): string {
  return `noetl/${package_.version} ${process.platform}-${process.arch} node-${process.version}`;
}

export const packageJson = package_;
