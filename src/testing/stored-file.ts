/** Bytes that can be downloaded. */
export interface StoredFile {
  name: string;
  data: Uint8Array<ArrayBuffer>;
  created: number;
}
