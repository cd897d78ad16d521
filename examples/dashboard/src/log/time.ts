/** Seconds since the start of the session as `0:01.5` or `1:02:03.4`. */
export function duration(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60];
  const rest = `${Math.floor(tenths / 10) % 60}`.padStart(2, '0');
  const head = hours > 0 ? `${hours}:${`${minutes}`.padStart(2, '0')}` : `${minutes}`;
  return `${head}:${rest}.${tenths % 10}`;
}
