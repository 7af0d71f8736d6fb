import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Version } from "../../packages/cli/src/conduct/version.ts";
import { bundle } from "../build/bundle.ts";
import { buildInfo } from "../build/info.ts";
import { binaryName, type Platform, platformHere } from "../platforms.ts";
import { fetchBun } from "./bun.ts";
import { compile } from "./compile.ts";
import { formatOf } from "./format.ts";
import { probe } from "./probe.ts";
import { signAdHoc } from "./sign.ts";
import { isSigned } from "./signature.ts";

export interface MadeBinary {
  platform: Platform;
  path: string;
  bytes: number;
  sha256: string;
  /** what it said of itself; undefined when it cannot run on this machine */
  ran: Version | undefined;
}

/** Makes the binaries one after the other, each as `OUT/NAME/noetl`. Throws when one is not what it should be. */
export async function* makeBinaries(options: {
  root: string;
  out: string;
  platforms: readonly Platform[];
}): AsyncGenerator<MadeBinary> {
  const { root, out, platforms } = options;
  const here = platformHere();
  if (!here) throw new Error(`no Bun for ${process.platform}-${process.arch}: binaries cannot be made here`);
  const info = buildInfo(root, "binary");
  const folder = await mkdtemp(join(tmpdir(), "noetl-binary-"));
  try {
    await bundle({ root, outdir: folder, info });
    const bun = await fetchBun(here);
    for (const platform of platforms) {
      const path = join(out, platform.name, binaryName(platform));
      await rm(path, { force: true });
      await compile({ bun, base: await fetchBun(platform), platform, bundle: folder, outfile: path });
      if (platform.os === "darwin" && !(await isSigned(path))) await signAdHoc(path, "noetl");
      await chmod(path, 0o755);
      yield { platform, path, ...(await checked(path, platform, info.version)) };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checked(
  path: string,
  platform: Platform,
  version: string,
): Promise<Omit<MadeBinary, "platform" | "path">> {
  const format = await formatOf(path);
  if (format !== platform.format) throw new Error(`${path} is ${format ?? "no executable"}, not ${platform.format}`);
  if (platform.os === "darwin" && !(await isSigned(path))) throw new Error(`${path} has a signature that does not fit`);
  const ran = await probe(path, platform);
  if (ran && (ran.version !== version || ran.build !== "binary" || ran.platform !== `${platform.os}-${platform.cpu}`)) {
    throw new Error(`${path} says it is ${JSON.stringify(ran)}`);
  }
  return { bytes: (await stat(path)).size, sha256: await sha256Of(path), ran };
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
