/** The version of this package; the tests hold it equal to package.json's. */
export const version: string = '0.1.0';
