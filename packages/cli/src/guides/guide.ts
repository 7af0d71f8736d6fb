/** A page of help that is about no single command: `noetl help NAME`. */
export interface Guide {
  name: string;
  /** one line for `noetl --help` */
  summary: string;
  parts: readonly Part[];
}

/** Words under a title, then what there is and what it means. */
export interface Part {
  title: string;
  text?: string;
  rows?: readonly (readonly [term: string, meaning: string])[];
}
