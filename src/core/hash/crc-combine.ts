/** Castagnoli's polynomial, reflected: CRC-32C, used by storage services. */
export const castagnoli = 0x82f63b78;

/** The polynomial of zip, gzip and PNG, reflected: CRC-32. */
export const ieee = 0xedb88320;

/** The product of two reflected polynomials modulo `polynomial`; the highest bit is the coefficient of 1. */
function multiply(a: number, b: number, polynomial: number): number {
  let product = 0;
  let power = b;
  for (let rest = a; rest !== 0; rest <<= 1) {
    if (rest < 0 || rest >= 2 ** 31) product ^= power;
    power = power & 1 ? (power >>> 1) ^ polynomial : power >>> 1;
  }
  return product >>> 0;
}

/** The factor of a CRC when `length` zero bytes follow: x to the power of 8 * length. */
function shiftBy(length: number, polynomial: number): number {
  let factor = 2 ** 31;
  let square = 2 ** 23;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) factor = multiply(factor, square, polynomial);
    square = multiply(square, square, polynomial);
  }
  return factor;
}

/** The CRC of two parts in sequence, from the CRC of each and the length of the second (below 2^53). */
export function combineCrc(first: number, second: number, secondLength: number, polynomial: number): number {
  return (multiply(first, shiftBy(secondLength, polynomial), polynomial) ^ second) >>> 0;
}
