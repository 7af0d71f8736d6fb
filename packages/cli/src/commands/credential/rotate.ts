import { BaseCommand, count } from "@noetl/sdk";
import { openShelf, placeFlags } from "../../credentials/shelf.ts";

export default class CredentialRotate extends BaseCommand {
  static override description =
    "Encrypts every stored secret under a new key. What makes its key itself (this machine, a server without NOETL_ENCRYPTION_KEY) makes a new one; otherwise give the new key in NOETL_ENCRYPTION_KEY and the one before it in NOETL_ENCRYPTION_KEY_PREVIOUS first. A server wants its internal token for it, as NOETL_API_TOKEN.";
  static override examples = [
    "<%= config.bin %> credential rotate",
    "NOETL_API_TOKEN=$(cat internal-token) <%= config.bin %> credential rotate --remote",
  ];
  static override flags = { ...placeFlags };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(CredentialRotate);
    const shelf = await openShelf(flags, this.env, (given) => this.connect(given));
    const rotated = await shelf.rotate();
    const { rewrapped, renewed, current, stale } = rotated;
    const key = `${renewed ? "a new key" : "the key that was given"} (${current})`;
    this.show(`${count(rewrapped, "secret")} moved to ${key} on ${shelf.where}`);
    if (stale > 0) this.note(`${count(stale, "secret")} still under another key: rotate again`);
    return { ...rotated, where: shelf.where };
  }
}
