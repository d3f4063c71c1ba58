import type { BatchRow } from '@obb/contracts'

/** Links of one request (MAX_BATCH_LINKS of the API). */
export const TOGETHER = 500

/**
 * addLinks asks for links in as many requests as that takes, one after the other. What each answers is told at once, so
 * that it counts where a later one fails; then nothing more is asked for.
 */
export async function addLinks(
  urls: readonly string[],
  ask: (urls: string[]) => Promise<readonly BatchRow[]>,
  onAnswer: (rows: readonly BatchRow[]) => void,
): Promise<void> {
  for (let at = 0; at < urls.length; at += TOGETHER) onAnswer(await ask(urls.slice(at, at + TOGETHER)))
}
