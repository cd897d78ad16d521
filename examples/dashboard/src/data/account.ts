import { client } from './client.ts';

let name: Promise<string> | undefined;

/** The user name of the account behind the proxy. Asks once; a failure is not remembered. */
export function account(): Promise<string> {
  name ??= client.whoAmI().catch((error: unknown) => {
    name = undefined;
    throw error;
  });
  return name;
}
