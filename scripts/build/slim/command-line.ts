import { requireLazily } from "./require-lazily.ts";
import { edited, instead, never, type Rule } from "./rule.ts";

const core = (file: string) => new RegExp(`@oclif[\\\\/]core[\\\\/]lib[\\\\/]${file.replaceAll("/", "[\\\\/]")}\\.js$`);

/** oclif parses arguments and draws help. Commands are in a registry of ours, errors are drawn by ours. */
export const COMMAND_LINE: readonly Rule[] = [
  instead(
    core("index"),
    "what the SDK and the entry point use",
    `
    const lazily = (name, load) => Object.defineProperty(exports, name, { enumerable: true, get: load });
    exports.Args = require("./args");
    exports.Flags = require("./flags");
    exports.Command = require("./command").Command;
    exports.Config = require("./config").Config;
    lazily("Help", () => require("./help").Help);
    lazily("loadHelpClass", () => require("./help").loadHelpClass);`,
  ),
  instead(core("config/index"), "commands are in a registry", 'exports.Config = require("./config").Config;'),
  instead(
    core("config/plugin-loader"),
    "the one plugin is made from our registry",
    `
    exports.default = class {
      constructor({ plugins }) { this.plugins = plugins; }
      async loadRoot() { return [...this.plugins.values()][0]; }
      async loadChildren() { return { errors: [], plugins: this.plugins }; }
    };
    Object.defineProperty(exports, "__esModule", { value: true });`,
  ),
  edited(core("config/config"), "a command gets the configuration that is there, and not a second one like it", [
    ["if (isConfig(opts)) {", "if (opts instanceof Config) return opts; if (isConfig(opts)) {"],
  ]),
  never(core("module-loader"), "hooks and commands are not looked for in files", ["load", "loadWithData"]),
  instead(core("config/ts-path"), "there are no sources", "exports.tsPath = async (_root, path) => path;"),
  instead(
    core("performance"),
    "nobody measures",
    'exports.OCLIF_MARKER_OWNER = "@oclif/core"; exports.Performance = { mark() {} };',
  ),
  never(core("errors/handle"), "errors are drawn by the entry point", ["handle"]),
  instead(
    core("ux/action/(simple|spinner)"),
    "progress is drawn by commands",
    'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = class { stop() {} };',
  ),
  instead(
    core("util/os"),
    "nothing asks for the shell or for WSL, which takes a process to find out",
    `
    const os = require("node:os");
    exports.getHomeDir = () => os.homedir();
    exports.getPlatform = async () => os.platform();
    exports.getShell = async () => "unknown";`,
  ),
  never(core("ux/colorize-json"), "documents are printed by the entry point", ["default"]),
  instead(
    /node_modules[\\/]color-convert[\\/]index\.js$/,
    "colours have names here, not coordinates",
    "module.exports = {};",
  ),
  instead(
    /node_modules[\\/]debug[\\/]src[\\/]index\.js$/,
    "oclif alone writes through it, about its own workings",
    "module.exports = () => Object.assign(() => {}, { enabled: false });",
  ),
  {
    filter: core(".*"),
    why: "what draws help and errors is loaded when something is drawn",
    contents: (original) =>
      requireLazily(original, {
        ansis: [],
        "clean-stack": [],
        ejs: [],
        "indent-string": [],
        "string-width": [],
        "widest-line": [],
        "wrap-ansi": [],
        "supports-color": ["stdout", "stderr"],
        "./help": ["loadHelpClass"],
        "./screen": ["stdtermwidth", "errtermwidth"],
        "../screen": ["stdtermwidth", "errtermwidth"],
        "../../screen": ["stdtermwidth", "errtermwidth"],
      }),
  },
];
