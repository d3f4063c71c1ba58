import type { CheckedUrl } from '@obb/contracts'
import type { FolderFile } from './folder-tree.js'
import type { Check } from './use-checks.js'

export interface Sum {
  /** Links that would be taken, as far as is known. */
  links: string[]
  bytes: number
  cost: number
  /** Of how many the size, or the cost, is not known. */
  unknown: number
  refused: number
  asking: number
  costByPlatform: Map<string, number>
  /** Files of folders, whose cost is their size at most. */
  reckoned: number
}

/** Whether a request for it makes sense: a host that is away for the moment does not keep from asking. */
export function isTaken(check: Check): boolean {
  return check === undefined || check === 'asked' || check.status === undefined || isLater(check)
}

/** Refused now, and perhaps not later. */
export function isLater(check: CheckedUrl): boolean {
  return check.status === 105 || check.status === 106
}

/**
 * sumUp adds up what the links come to, and the files of folders: these cost their size, unless one has them already,
 * which is known when they are asked for.
 */
export function sumUp(
  links: readonly string[],
  checkOf: (link: string) => Check,
  files: readonly FolderFile[] = [],
): Sum {
  const sum: Sum = {
    links: [],
    bytes: 0,
    cost: 0,
    unknown: 0,
    refused: 0,
    asking: 0,
    costByPlatform: new Map(),
    reckoned: files.length,
  }
  for (const { url, size } of files) {
    sum.links.push(url)
    if (size === null) sum.unknown++
    sum.bytes += size ?? 0
    sum.cost += size ?? 0
  }
  for (const link of links) {
    const check = checkOf(link)
    if (!isTaken(check)) {
      sum.refused++
      continue
    }
    sum.links.push(link)
    if (check === undefined || check === 'asked') {
      sum.asking++
      continue
    }
    if (check.filesize === null || check.cost === null) sum.unknown++
    sum.bytes += Number(check.filesize ?? 0)
    sum.cost += check.cost ?? 0
    if (check.platform !== null) {
      sum.costByPlatform.set(
        check.platform,
        (sum.costByPlatform.get(check.platform) ?? 0) + (check.cost ?? 0),
      )
    }
  }
  return sum
}
