/**
 * Thrown by a view when a template needs the body of a stored result that is not here (DSL §21.3). Whoever evaluates
 * catches it, fetches `ref`, and evaluates again; nothing was changed in between.
 */
export class NeedBody extends Error {
  readonly ref: string;
  constructor(ref: string) {
    super(`the body of ${ref} is needed`);
    this.name = "NeedBody";
    this.ref = ref;
  }
}
