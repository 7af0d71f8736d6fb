/**
 * Makes `const x = require("module")` of compiled CommonJS wait until something of it is used. `modules` tells which, and
 * the names of each that are used besides the default.
 */
export function requireLazily(code: string, modules: Readonly<Record<string, readonly string[]>>): string {
  return code.replace(REQUIRE, (statement, local: string, wrapper: string | undefined, module: string) => {
    const names = modules[module];
    if (names === undefined) return statement;
    const loaded = wrapper ? `${wrapper}(require("${module}"))` : `require("${module}")`;
    const getters = ["default", ...names].map((name) => `get ${name}() { return ${loaded}.${name}; }`);
    return `const ${local} = { ${getters.join(", ")} };`;
  });
}

const REQUIRE = /const (\w+) = (?:(__importDefault)\()?require\("([^"]+)"\)\)?;/g;
