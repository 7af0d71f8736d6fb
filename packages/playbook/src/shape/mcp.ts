import { any, dict, keys, list, type Shape, text } from "./shape.ts";

const CODE = "E_MCP";

/** DSL §2.5 */
export const mcpShape: Shape = keys(
  "an MCP server that tools of kind mcp call",
  {
    apiVersion: any("noetl.io/v2"),
    kind: any("Mcp"),
    metadata: keys(
      "what it is called",
      { name: text("name", { min: 1, code: CODE }), path: text("catalog path") },
      {
        open: true,
        code: CODE,
      },
    ),
    spec: keys(
      "where it is and what it offers",
      {
        url: text("address", { min: 1, code: CODE }),
        protocol: text("protocol"),
        tools: list(
          keys(
            "one tool",
            {
              name: text("name", { min: 1, code: CODE }),
              description: text("for people"),
              input_schema: any("schema"),
            },
            { required: { name: CODE }, open: true, code: CODE },
          ),
          "tools it offers",
          { code: CODE },
        ),
        discovery: dict("how tools are found", { code: CODE }),
        runtime: dict("how it is run", { code: CODE }),
      },
      { required: { url: CODE }, open: true, code: CODE },
    ),
  },
  { required: { spec: CODE }, open: true, code: CODE },
);
