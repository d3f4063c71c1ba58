/**
 * globMatcher gives whether a name is matched by a pattern: `*` for any text, `?` for one character, whatever the case;
 * several are parted by spaces or commas, and one without `*` and `?` matches what has it anywhere. An empty one matches
 * all. Takes time in proportion to name times pattern.
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  const globs = pattern
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((glob) => glob !== '')
    .map((glob) => (/[*?]/.test(glob) ? glob : `*${glob}*`))
  if (globs.length === 0) return () => true
  return (name) => globs.some((glob) => isMatched(name.toLowerCase(), glob))
}

/** Goes back to the last `*` alone: what stands before it is matched as early as can be, which is as good as any. */
function isMatched(name: string, glob: string): boolean {
  let [at, star, resume] = [0, -1, 0]
  let place = 0
  while (place < name.length) {
    const wanted = glob.charAt(at)
    if (wanted === '*') {
      star = at++
      resume = place
    } else if (wanted === '?' || wanted === name.charAt(place)) {
      at++
      place++
    } else if (star >= 0) {
      at = star + 1
      place = ++resume
    } else return false
  }
  while (glob.charAt(at) === '*') at++
  return at === glob.length
}
