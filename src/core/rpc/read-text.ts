/** Maximum size of a response in bytes. The longest responses contain the stored log of a run. */
export const longestAnswer: number = 128 * 2 ** 20;

/** A body of this size cannot exceed `longestAnswer` even if it was compressed by a factor of a thousand. */
const surelyShort = 2 ** 16;

/**
 * Reads the text of a response; resolves to `undefined` if it has more than `most` bytes, and does not read the rest. The announced
 * length may be wrong, or that of the compressed bytes.
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
