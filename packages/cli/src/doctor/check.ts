/** `ok` fine · `note` something optional is missing · `fail` something that was asked for does not work. */
export type Verdict = "ok" | "note" | "fail";

export interface Check {
  name: string;
  verdict: Verdict;
  detail: string;
  hint?: string;
}
