/** What is known of a build. */
export interface BuildInfo {
  /** `source` runs the TypeScript, `bundle` is the JavaScript of the npm package, `binary` has its runtime inside */
  kind: "source" | "bundle" | "binary";
  version: string;
  /** git commit, shortened; empty when it is not known */
  commit: string;
}

/** The build replaces this module by one that says `bundle` or `binary`. */
export const build: BuildInfo = { kind: "source", version: "0.0.0", commit: "" };
