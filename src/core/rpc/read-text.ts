/** The longest answer that is read, in bytes: what Kaggle keeps of the log of a run is the longest there is. */
export const longestAnswer: number = 128 * 2 ** 20;

/** Up to so many bytes, packed a thousand times at most, a body cannot be longer than `longestAnswer`. */
const surelyShort = 2 ** 16;

/**
 * The text of an answer; `undefined` for one that is longer than `most` bytes, of which the rest is not read. Its length may
 * be announced wrongly, or be that of the packed bytes.
 */
export async function readText(response: Response, most: number = longestAnswer): Promise<string | undefined> {
  const announced = response.headers.get('content-length');
  if (announced !== null && Number(announced) <= surelyShort && most === longestAnswer) return response.text();
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
