import { expect } from 'vitest';
import { listDatasets } from '../../../../src/services/datasets/generated/index.ts';
import type { Play, Scenario } from '../scene.ts';
import { createBig, rejects } from './helpers.ts';

/** The list command asks with these fields, empty as they are. */
const fails =
  (name: string, message?: RegExp): Play =>
  ({ client }) =>
    rejects(
      client.call(listDatasets, { tagIds: '', search: '', user: '', page: 1, pageToken: '' }, { retry: false }),
      name,
      message,
    );

const whoAmI =
  (name: string): Play =>
  async ({ client }) =>
    expect(await client.whoAmI()).toBe(name);

export const scenarios: Record<string, Scenario> = {
  'error-200-html': [fails('ApiError', /web page/)],
  'error-200-with-code': [fails('PermissionError', /says 200/)],
  'error-400-details': [fails('ApiError', /Bad field/)],
  'error-401': [fails('AuthenticationError')],
  'error-403': [fails('PermissionError', /Permission denied/)],
  'error-403-list': [fails('PermissionError')],
  'error-404': [fails('NotFoundError', /Not found/)],
  'error-404-string-code': [fails('NotFoundError', /string code/)],
  'error-500-other-json': [fails('ApiError')],
  'rpc-429-always': [(scene) => rejects(createBig(scene), 'RateLimitError')],
  'rpc-429-not-wrapped': [createBig],
  'rpc-503': [createBig],
  'kagglehub-whoami': [whoAmI('alice'), ({ client }) => rejects(client.whoAmI(), 'AuthenticationError'), whoAmI('bob')],
};
