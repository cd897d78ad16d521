import type { Credential } from './credential.ts';

/** What the server returns about a credential. */
export interface Introspection {
  /** `false` for a token that has expired or was revoked. */
  active: boolean;
  /** Username that the credential belongs to; empty if it is not active. */
  username: string;
  /** Numeric id of the user, as a string beyond 2^53-1; `undefined` for a username and key. */
  userId: number | string | undefined;
}

interface Question {
  readonly method: { readonly service: string; readonly name: string; readonly idempotent: true };
  readonly request: { token?: string | undefined };
  read(answer: Readonly<Record<string, unknown>>): Introspection;
}

/** The method that returns the user of a token. */
export const introspectToken = { service: 'security.OAuthService', name: 'IntrospectToken', idempotent: true } as const;

/** The request that returns the user of a credential, and how to read the response. */
export function identityQuestion(credential: Credential): Question {
  if (credential.type !== 'basic') {
    return {
      method: introspectToken,
      // A proxy adds the token.
      request: { token: credential.token },
      read: ({ active = false, username = '', userId }: Partial<Introspection>) => ({ active, username, userId }),
    };
  }
  return {
    method: { service: 'api.v1.DiagnosticsService', name: 'Hello', idempotent: true },
    request: {},
    read: ({ userName }: { userName?: string }) => ({
      active: true,
      username: userName || credential.username,
      userId: undefined,
    }),
  };
}

/** Whether requests to a service contain tokens in their body. Such a request must not follow a redirect. */
export function hasSecretBody(service: string): boolean {
  return /^(security\.OAuth|users\.Account)Service$/.test(service);
}
