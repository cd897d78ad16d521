/**
 * What workerd and Miniflare's R2 take for themselves: the jobs of `worker-program.mjs` without kaggle-ts, by one request and
 * one operation each, and without a checksum.
 */
const headers = { 'content-type': 'application/json', authorization: 'Bearer KGAT_test' };

/** @param {string} url @param {string} method @param {object} body */
async function call(url, method, body) {
  /** @type {RequestInit} */
  const init = { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual' };
  return fetch(`${url}/api/v1/${method}`, init);
}

/**
 * The same stream with a length, which R2 and a PUT have to know.
 * @param {ReadableStream<Uint8Array>} body
 * @param {number} length
 * @returns {[ReadableStream<Uint8Array>, Promise<void>]}
 */
function sized(body, length) {
  const { readable, writable } = new FixedLengthStream(length);
  return [readable, body.pipeTo(writable)];
}

export default {
  /**
   * @param {Request} request
   * @param {{ BUCKET: any }} env
   */
  async fetch(request, { BUCKET }) {
    const { verb, url, owner, slug, file } = await request.json();
    if (verb === 'download') {
      const answer = await call(url, 'datasets.DatasetApiService/DownloadDataset', {
        ownerSlug: owner,
        datasetSlug: slug,
        fileName: file,
      });
      const response = await fetch(answer.headers.get('location') ?? '');
      const [readable, copied] = sized(
        response.body ?? new ReadableStream(),
        Number(response.headers.get('content-length')),
      );
      await Promise.all([copied, BUCKET.put(`data/${file}`, readable)]);
    } else {
      const object = await BUCKET.get(`data/${file}`);
      const start = { type: 'DATASET', name: file, contentLength: object.size };
      const { token, createUrl } = await (await call(url, 'blobs.BlobApiService/StartBlobUpload', start)).json();
      const [readable, copied] = sized(object.body, object.size);
      await Promise.all([copied, fetch(createUrl, { method: 'PUT', body: readable })]);
      await call(url, 'datasets.DatasetApiService/CreateDataset', { ownerSlug: owner, slug, files: [{ token }] });
    }
    return Response.json({});
  },
};
