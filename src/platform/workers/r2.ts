/** The members of a Cloudflare R2 bucket that are used. An R2 binding matches this type. */
export interface R2BucketLike {
  head(key: string): Promise<R2ObjectLike | null>;
  get(
    key: string,
    options: { range: { offset: number; length: number }; onlyIf: { etagMatches: string } },
  ): Promise<(R2ObjectLike & { readonly body?: ReadableStream<Uint8Array> }) | null>;
  put(key: string, value: Uint8Array): Promise<unknown>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    readonly objects: readonly R2ObjectLike[];
    readonly truncated: boolean;
    readonly cursor?: string;
  }>;
  createMultipartUpload(key: string, options?: { customMetadata: Record<string, string> }): Promise<R2UploadLike>;
  /** Needed by `r2Target` only. */
  resumeMultipartUpload?(key: string, uploadId: string): R2UploadLike;
}

/** The members of an R2 object that are used. */
export interface R2ObjectLike {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly uploaded: Date;
  readonly customMetadata?: Record<string, string>;
}

/** The members of an R2 multipart upload that are used. */
export interface R2UploadLike {
  /** Needed by `r2Target` only. */
  readonly uploadId?: string;
  uploadPart(part: number, value: Uint8Array): Promise<R2PartLike>;
  complete(parts: R2PartLike[]): Promise<unknown>;
  abort(): Promise<void>;
}

/** An uploaded part of an R2 multipart upload. */
export interface R2PartLike {
  readonly partNumber: number;
  readonly etag: string;
}
