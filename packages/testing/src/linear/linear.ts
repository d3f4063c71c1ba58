/*
 * Whether reading costs time in proportion to what is read: for benchmarks (`*.linear.ts`), since it measures. A reader
 * that goes back over its input once per character takes 256 times as long for 16 times as much; a linear one takes 16
 * times. Nothing is said of seconds, and the shortest of several runs counts, which is what a busy machine leaves
 * alone: one pair of runs that is in proportion is proof, and only a reader that never is, fails.
 */

/** Characters of the longer text, unless told. */
const LENGTH = 8_192
/** How much longer it is than the shorter one. */
const TIMES = 16
/** Between 16 of a linear reader, whose memory has to be cleaned up, and 256 of a quadratic one. */
const MOST = 80
/** What takes less is not measured, ms. */
const LEAST_MS = 0.01
/** An expression is compiled on its second use. */
const WARM_UP = 3
const ROUNDS = 60
/** Of them, enough for one that is far out of proportion, on a machine that is busy with others. */
const FEW_ROUNDS = 20

/** Makes a text of about so many characters. */
export type Shape = (length: number) => string

export type NamedShape = readonly [name: string, shape: Shape]

export type Read = (text: string) => unknown

/** Pieces that readers trip over: what they trim, split at, count, escape or nest. */
const UNITS = [
  ...[' ', '\t', '.', 'a.', '/', '//', '\\', '\\"', '"', "'", '<', '>', '<a>', '<a ', '</', '<!'],
  ...['(', '(1/', '[', '[1/', '{"a":', '}', '&', '&#', '&amp;', '%', '%2', '%20', '#', '?', '=', ':'],
  ...[';', ';a=', ',', ', ', '-', '1-', '0-0,', '_', '*', '|', '@', '0', '1 ', 'a', 'a ', 'A1'],
  ...['\r', '\n', '\r\n', '\r\n ', '\u00e9', '\ufeff', '\u2028', '\0', 'http://', ' name='],
]
/** Fits nowhere: whatever was taken for the end of a run, of a word or of a line was none. */
const END = 'a!\n'

/** hostileShapes are each piece again and again behind each prefix and none, and the same with an end that does not fit. */
export function hostileShapes(...prefixes: readonly string[]): NamedShape[] {
  const runs = ['', ...prefixes].flatMap((prefix) =>
    UNITS.flatMap((unit): NamedShape[] => {
      const run: Shape = (length) => prefix + repeat(unit, length)
      const name = JSON.stringify(`${prefix}${unit}…`)
      return [
        [name, run],
        [`${name} with an end`, (length) => run(length) + END],
      ]
    }),
  )
  return [...runs, ...repeatedShapes(prefixes)]
}

/** Each of these again and again. */
export function repeatedShapes(texts: readonly string[]): NamedShape[] {
  return texts.map((text) => [JSON.stringify(`${text}${text}…`), (length) => repeat(text, length)])
}

function repeat(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length))
}

/**
 * Throws an Error that names the shape unless `read` takes time in proportion to its text. What `read` itself throws
 * is a refusal, and as good as an answer. `length`: characters of the longest text that it is ever given.
 */
export function expectLinear(
  read: Read,
  shapes: readonly NamedShape[] = hostileShapes(),
  { length = LENGTH }: { length?: number } = {},
): void {
  for (const [name, shape] of shapes) {
    const times = growth(read, shape, length)
    if (times > MOST)
      throw new Error(`${TIMES} times as much of ${name} takes ${Math.round(times)} times as long`)
  }
}

/** How many times as long the longer text takes: the least that was seen, once that is in proportion. */
function growth(read: Read, shape: Shape, length: number): number {
  const [short, long] = [shape(length / TIMES), shape(length)]
  for (let again = 0; again < WARM_UP; again++) timeOf(read, short)
  let [least, most] = [Infinity, Infinity]
  for (let round = 0; round < ROUNDS; round++) {
    least = Math.min(least, Math.max(LEAST_MS, timeOf(read, short)))
    most = Math.min(most, timeOf(read, long))
    if (most <= MOST * least || (round >= FEW_ROUNDS && most > 2 * MOST * least)) break
  }
  return most / least
}

/** ms */
function timeOf(read: Read, text: string): number {
  const begun = performance.now()
  try {
    read(text)
  } catch {
    // Refused.
  }
  return performance.now() - begun
}
