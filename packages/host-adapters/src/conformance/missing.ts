import type { HostAdapter } from '../kit/adapter.js'
import type { TransferKnobs } from '../fake/transfer.js'
import { ownsNoDomain } from '../kit/manifest.js'
import type { PlatformConformance } from './platform-conformance.js'

/** Refusals that every host with an API has something for. */
const LEAST_REFUSALS = 4
const LEAST_FOREIGN = 4

/**
 * missing lists what a folder fresh from the template, or half written, still lacks: one line each, none when complete.
 */
export function missing<Knobs extends TransferKnobs>(
  { checkAccount, expand, manifest }: HostAdapter,
  platform: PlatformConformance<Knobs>,
): string[] {
  const invalid = (text: string) => /\.invalid\b/.test(text)
  const links = platform.links.flatMap((entry) => entry.spellings)
  const claimsFolders = platform.links.some(({ kind }) => kind === 'folder')
  const list: [boolean, string][] = [
    [manifest.domains.some(invalid), 'manifest.domains: the real hostnames, canonical first'],
    [Object.values(manifest.origins).some(invalid), 'manifest.origins: the real base URLs'],
    [manifest.facts.length === 0, 'manifest.facts: what the adapter rests on, and how well it is known'],
    [manifest.reviewed < '2020', 'manifest.reviewed: the day on which the facts were reviewed'],
    [manifest.needsAccount && checkAccount === undefined, 'checkAccount: the state of an account'],
    [links.length === 0 || links.some(invalid), 'conformance.links: real links in every spelling'],
    [
      !platform.links.some((entry) => entry.spellings.length > 1),
      'conformance.links: several spellings of one file',
    ],
    [
      platform.foreign.length < LEAST_FOREIGN || platform.foreign.some(invalid),
      `conformance.foreign: at least ${LEAST_FOREIGN} links that only look like the platform's`,
    ],
    [
      platform.refusals.length < LEAST_REFUSALS,
      `conformance.refusals: at least ${LEAST_REFUSALS}, every row of the table among them`,
    ],
    [
      platform.tooManyRequests === undefined && Object.keys(manifest.origins).length > 0,
      'conformance.tooManyRequests: what a 429 means',
    ],
    [platform.table.length === 0, 'refusals.ts: the table of refusals'],
    [
      Object.keys(platform.fuzz).length === 0 && !ownsNoDomain(manifest),
      'conformance.fuzz: every reader of answers',
    ],
    [expand !== undefined && !claimsFolders, 'conformance.links: a folder, since the adapter expands some'],
  ]
  return list.filter(([lacks]) => lacks).map(([, what]) => what)
}
