/**
 * Takes a lock of the origin, which the browser releases when the page is closed or crashes. Resolves to a function that releases it,
 * or to `undefined` while another page or worker holds it.
 */
export function takeLock(name: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const done = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(undefined);
      return new Promise<void>((free) => {
        resolve(async () => {
          free();
          await done;
        });
      });
    });
    done.catch(reject);
  });
}
