import type { KaggleClient } from '../../core/rpc/client.ts';
import { type DatasetHandle, formatDatasetRef } from './ref.ts';

/** Datasets that a client created, until they are READY: Kaggle may not show them for some minutes. */
const made = new WeakMap<KaggleClient, Set<string>>();

const keyOf = (handle: DatasetHandle) => formatDatasetRef(handle).toLowerCase();

export function rememberCreated(client: KaggleClient, handle: DatasetHandle): void {
  if (!made.has(client)) made.set(client, new Set());
  made.get(client)?.add(keyOf(handle));
}

export function forgetCreated(client: KaggleClient, handle: DatasetHandle): void {
  made.get(client)?.delete(keyOf(handle));
}

export function isRemembered(client: KaggleClient, handle: DatasetHandle): boolean {
  return made.get(client)?.has(keyOf(handle)) ?? false;
}
