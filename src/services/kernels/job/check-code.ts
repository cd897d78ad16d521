/** Seven characters that depend on all of `text` (FNV-1a, base 36): they tell a complete text from a truncated or edited one. */
export function checkCode(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}
