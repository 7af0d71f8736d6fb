import { NoetlError } from "@noetl/core";
import { BaseCommand, Flags } from "@noetl/sdk";
import { shimOf } from "../conduct/shim.ts";
import { version } from "../conduct/version.ts";
import { linkBinary } from "../setup/link.ts";

export default class Setup extends BaseCommand {
  static override description =
    "With --link the file that npm linked as noetl becomes the binary itself, which saves the start of Node. Installing or updating with npm undoes it.";
  static override flags = {
    link: Flags.boolean({ required: true, description: "replace npm's script by a hard link to the binary" }),
  };

  async run(): Promise<unknown> {
    await this.parse(Setup);
    if (version().build !== "binary") {
      throw new NoetlError(
        "unavailable",
        "SETUP_NO_BINARY",
        "this noetl runs as JavaScript: there is no binary to link",
        {
          hint: "npm install -g @noetl/cli without --omit=optional brings the binary of this platform",
        },
      );
    }
    const shim = shimOf(this.env);
    if (process.platform === "win32" || !shim) {
      const reason = shim ? "npm's scripts on Windows cannot be a binary" : "this binary was started directly";
      this.show(`nothing to do: ${reason}`);
      return { linked: false, binary: process.execPath };
    }
    const linked = await linkBinary({ shim: shim.path, binary: process.execPath });
    this.show(`${linked.path} is the binary now (${linked.how} of ${linked.binary})`);
    return { linked: true, ...linked };
  }
}
