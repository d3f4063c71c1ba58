import type { FileRef } from './adapter.js'
import type { HostManifest } from './manifest.js'

/**
 * The domain of a platform that a URL is on, as in the manifest; undefined for another's. A subdomain other
 * than `www.` counts only where `subdomains` says so.
 */
export function domainOf(
  { domains }: Pick<HostManifest, 'domains'>,
  url: URL,
  { subdomains = false } = {},
): string | undefined {
  const hostname = url.hostname.replace(/\.$/, '').replace(/^www\./, '')
  return domains.find((domain) => hostname === domain || (subdomains && hostname.endsWith(`.${domain}`)))
}

/** Works on so many at a time, in order, and joins the answers. */
export async function inBatches<T>(
  refs: readonly FileRef[],
  size: number,
  work: (batch: readonly FileRef[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const answers: T[] = []
  for (let at = 0; at < refs.length; at += size) answers.push(...(await work(refs.slice(at, at + size))))
  return answers
}
