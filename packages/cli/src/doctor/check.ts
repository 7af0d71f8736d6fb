/** `ok` fine · `note` something optional is missing · `fail` something that was asked for does not work. */
export type Status = "ok" | "note" | "fail";

export interface Check {
  /** what was looked at; the same from version to version */
  id: string;
  status: Status;
  detail: string;
  /** how to mend it */
  hint?: string;
}
