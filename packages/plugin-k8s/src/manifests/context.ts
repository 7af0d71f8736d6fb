import { createHash } from "node:crypto";
import type { K8sConfig } from "../config/index.ts";

/** What is computed from values and not said by them; a chart computes it when it is installed. */
export interface Derived {
  /** changes with what it is made of; `of` names it */
  digest(of: string, value: unknown): string;
  /** of `app.kubernetes.io/version`: the tag of an image */
  version(image: string): string;
  /** of `app.kubernetes.io/managed-by` */
  managedBy: string;
}

export interface Context extends Derived {
  config: K8sConfig;
}

export const plainly: Derived = {
  digest: (_of, value) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10),
  version: (image) => {
    const tag = /(?:@sha256:|:)([^:/@]+)$/.exec(image)?.[1] ?? "unknown";
    // A label takes 63 of these characters, the first and the last a letter or digit.
    return tag
      .replace(/[^\w.-]/g, "-")
      .slice(0, 63)
      .replace(/^\W+|\W+$/g, "");
  },
  managedBy: "noetl",
};
