/** Bytes under a key that workers and plugins share (server-api §2.18). */
export interface StoredObject {
  key: string;
  media_type: string;
  bytes: number;
  sha256: string;
  updated_at: number;
}

export interface Objects {
  /** The same key replaces. */
  put(key: string, body: Uint8Array, mediaType: string): Promise<StoredObject>;
  /** Undefined when the key is taken. */
  create(key: string, body: Uint8Array, mediaType: string): Promise<StoredObject | undefined>;
  get(key: string): Promise<(StoredObject & { body: Uint8Array }) | undefined>;
  /** In order of keys, without bodies. */
  list(prefix: string): Promise<StoredObject[]>;
  delete(key: string): Promise<boolean>;
}
