import type { Credential } from './credential.ts';

/** What the server says of a credential. */
export interface Introspection {
  active: boolean;
  username: string;
  userId: number | string | undefined;
}

interface Question {
  readonly method: { readonly service: string; readonly name: string; readonly idempotent: true };
  readonly request: { token?: string };
  read(answer: unknown): Introspection;
}

/** Says whom a token stands for. */
export const introspectToken = { service: 'security.OAuthService', name: 'IntrospectToken', idempotent: true } as const;

/** How to ask whom a credential stands for. */
export function identityQuestion(credential: Credential): Question {
  if (credential.type === 'bearer') {
    return {
      method: introspectToken,
      request: { token: credential.token },
      read(answer) {
        const { active = false, username = '', userId } = (answer ?? {}) as Partial<Introspection>;
        return { active, username, userId };
      },
    };
  }
  return {
    method: { service: 'api.v1.DiagnosticsService', name: 'Hello', idempotent: true },
    request: {},
    read(answer) {
      const { userName } = (answer ?? {}) as { userName?: string };
      return { active: true, username: userName || credential.username, userId: undefined };
    },
  };
}

/** Whether requests to a service hold tokens in their body: such a request must not go where a redirect points. */
export function hasSecretBody(service: string): boolean {
  return /^(security\.OAuth|users\.Account)Service$/.test(service);
}
