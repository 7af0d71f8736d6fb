/**
 * Thrown while a template renders, when it reads a secret that is not here yet. Whoever renders fetches it and renders
 * again; nothing was changed in between (as with `NeedBody`).
 */
export class NeedSecret extends Error {
  readonly secret: { keychain: string } | { token: string; audience: string | undefined };
  constructor(secret: NeedSecret["secret"]) {
    super("a secret is needed");
    this.name = "NeedSecret";
    this.secret = secret;
  }
}
