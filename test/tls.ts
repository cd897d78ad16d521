import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate authority of the tests' own. Its key was thrown away: it has signed nothing else. */
export const authority = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUPjkg8db4shJX+Ko8D3OttBUAV7kwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPa2FnZ2xlLXRzIHRlc3RzMCAXDTI2MTEyNzA2NTg1M1oYDzIx
MjYxMTAzMDY1ODUzWjAaMRgwFgYDVQQDDA9rYWdnbGUtdHMgdGVzdHMwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAATLbp15NMiOcMZf2jeLUdDTu2bZsZXHyVJ7HXF5
WW/JSy1R+syfDeFNSB3E+jpAdajM8Nv2BEZw+QeQ64jb9eQYo2MwYTAdBgNVHQ4E
FgQUssrZ1GKu+/vwRLSFM1iwshKChbwwHwYDVR0jBBgwFoAUssrZ1GKu+/vwRLSF
M1iwshKChbwwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZI
zj0EAwIDSQAwRgIhAP1VcPakoEHHHeQ0iYQhDRmbkRhZKxX4hYEXxFe7pkbqAiEA
zaUeJHfygn5bv6byyOC1g8YMNjFkz8m/7RBRBz1aZ5w=
-----END CERTIFICATE-----
`;

/** A key, and a certificate of that authority for localhost, 127.0.0.1 and ::1. Valid until 2126. */
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgT1MlMnrlhHqzsy8e
JWi+RIz4VOcTykDamsrFtzO/F/6hRANCAASKAWaRp0eRPnJxPuaDjX387iEHxOqP
qMWeHXQtIqWt7DtyqxWqsWQOEPkuPSYUGo4cVJn6xqMIRH6Br29WEK5/
-----END PRIVATE KEY-----
`;

export const cert = `-----BEGIN CERTIFICATE-----
MIIB5DCCAYqgAwIBAgIUFmxAFCJ5BGpT1V8pf4jB1YKlwxAwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPa2FnZ2xlLXRzIHRlc3RzMCAXDTI2MTEyNzA2NTg1M1oYDzIx
MjYxMTAzMDY1ODUzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASKAWaRp0eRPnJxPuaDjX387iEHxOqPqMWeHXQtIqWt7Dty
qxWqsWQOEPkuPSYUGo4cVJn6xqMIRH6Br29WEK5/o4GxMIGuMDkGA1UdEQQyMDCH
BH8AAAGHEAAAAAAAAAAAAAAAAAAAAAGCCWxvY2FsaG9zdIILKi5sb2NhbGhvc3Qw
DAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUH
AwEwHQYDVR0OBBYEFFI/BynDMfKL9giytoGrja8klePSMB8GA1UdIwQYMBaAFLLK
2dRirvv78ES0hTNYsLISgoW8MAoGCCqGSM49BAMCA0gAMEUCIQCAfL+lOW1BN0ub
4Vwl6lOv80xGGLkDDGQBTm5LcAhCjwIgOHHhwbOO6QeZabUvLicYGfoQqoGdML4t
qKwYhrd6awQ=
-----END CERTIFICATE-----
`;

/** Writes the authority into `folder`; resolves to the variables by which Node, Deno and Bun trust it. */
export function trustedIn(folder: string): Record<string, string> {
  const path = join(folder, 'authority.pem');
  writeFileSync(path, authority);
  return { NODE_EXTRA_CA_CERTS: path, DENO_CERT: path };
}
