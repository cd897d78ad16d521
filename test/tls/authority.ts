import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cert } from './identity.ts';

/** A certificate authority of the tests' own. Its key was thrown away: it has signed nothing but `identity.ts`. */
export const authorityFile: string = join(import.meta.dirname, 'authority.pem');
export const authority: string = readFileSync(authorityFile, 'utf8');

/** The variables by which Node, Deno, Bun and workerd (by Miniflare, when it is imported) trust it. */
export const trusted: Readonly<Record<string, string>> = {
  NODE_EXTRA_CA_CERTS: authorityFile,
  DENO_CERT: authorityFile,
};

const publicKey = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });

/** What Chromium is started with. It takes no authority by an option: this lets in the one key, and no other. */
export const chromiumTrust = `--ignore-certificate-errors-spki-list=${createHash('sha256').update(publicKey).digest('base64')}`;
