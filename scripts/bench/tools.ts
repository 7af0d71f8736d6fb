/** Programs of others that are measured beside ours: installed together, once, outside the repository. */
export const TOOLS: Readonly<Record<string, string>> = {
  oclif: "6.0.10",
  "windmill-cli": "1.819.0",
  "rust-just": "1.57.0",
};
