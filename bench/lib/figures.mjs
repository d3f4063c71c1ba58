/* What every benchmark tells: lines, and medians of its rounds. */

export const say = (line) => process.stdout.write(`${line}\n`)
export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
