import type { HostAdapter } from './adapter.js'
import { checksWithAccount } from './manifest.js'
import type { HostManifest, Evidence } from './manifest.js'

/*
 * What the platforms are, as text for people, from the adapters themselves: the matrix of docs/hosts.md and the list
 * of the README. `npm run hosts` writes both; a test fails while they differ from the code.
 */

const EVIDENCE: Record<Evidence, string> = {
  official: 'Documented by the host',
  client: 'Seen in clients',
  inferred: 'Inferred',
}

const HEAD = [
  'platform',
  'on by default',
  'connections per file',
  'files at once',
  'files per check',
  'folders',
]

/** Platforms that people ask for and that are no more, and why. */
const GONE: Readonly<Record<string, string>> = {
  FileJoker: '`filejoker.net` is gone: no client has had it since 2023, and nothing here takes its links.',
  FileFactory:
    'The API of `filefactory.com` was closed in 2025. What its new site asks for with every download is not public.',
}

/** docs/hosts.md: figures to compare in a table, all that is said in words as lists. */
export function hostsDocument(adapters: readonly HostAdapter[]): string {
  const rows = adapters.map(({ expand, manifest: { checkBatchSize, enabledByDefault, id, limits } }) => [
    ...[id, yes(enabledByDefault), limits.maxChunks, limits.maxDownloads, checkBatchSize],
    yes(expand !== undefined),
  ])
  return [
    '<!-- Written by `npm run hosts` from the adapters. -->',
    '# Hosts',
    'What each platform can do here, the limits per account of yours, and what the facts about it rest on.',
    table(HEAD, rows),
    ...adapters.flatMap((adapter) => [
      `## ${adapter.manifest.id}`,
      list([...abilities(adapter), ...facts(adapter.manifest)]),
    ]),
    '## Not here any more',
    list(Object.entries(GONE).map(([name, why]) => `${name}: ${why}`)),
    '',
  ].join('\n\n')
}

/** abilities lists what a platform has beside the figures. */
function abilities({ checkAccount, manifest }: HostAdapter): string[] {
  const { credentials, domains, limits, needsAccount, reviewed } = manifest
  return [
    `Hostnames: ${domains.map((name) => `\`${name}\``).join(', ')}`,
    `Account: ${needsAccount ? credentials.map(({ name }) => name).join(', ') : 'none'}`,
    limits.resumable ? 'A fetch goes on after a break.' : 'A fetch that breaks off begins anew.',
    `Files are checked ${checksWithAccount(manifest) ? 'with an account' : 'without an account'}.`,
    checkAccount === undefined ? 'The state of accounts is not told.' : 'The state of accounts is told.',
    `Passwords: ${passwords(manifest)}`,
    ...(manifest.chargesOnResolve === true ? ['A file is charged when it is opened.'] : []),
    `Reviewed: ${reviewed}`,
  ]
}

/** By how well they are known. */
function facts(manifest: HostManifest): string[] {
  if (manifest.facts.length === 0) return ['Nothing beyond its manifest.']
  return Object.entries(EVIDENCE).flatMap(([evidence, title]) => {
    const known = manifest.facts.filter((each) => each.evidence === evidence).map(({ fact }) => fact)
    return known.length === 0 ? [] : [`${title}: ${known.join('; ')}`]
  })
}

const LINE = 116

/** The names of all platforms, in lines of prose; those that are off until an operator wants them apart. */
function hostsList(adapters: readonly HostAdapter[]): string {
  const named = (on: boolean) =>
    adapters.filter(({ manifest }) => manifest.enabledByDefault === on).map(({ manifest }) => manifest.id)
  return wrapText(`${named(true).join(', ')}. Off until you enable them: ${named(false).join(', ')}.`)
}

function wrapText(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > LINE) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}

const SECTION = /(<!-- hosts: [^>]*-->\n)[^]*?(<!-- \/hosts -->)/

/** The README with its list of platforms brought up to date. */
export function withHostsList(readme: string, adapters: readonly HostAdapter[]): string {
  return readme.replace(
    SECTION,
    (_, begin: string, end: string) => `${begin}\n${hostsList(adapters)}\n\n${end}`,
  )
}

/** passwords tells what a password that the user sends opens. */
function passwords({ filePasswords = false, folderPasswords = false }: HostManifest): string {
  return [filePasswords && 'of files', folderPasswords && 'of folders'].filter(Boolean).join(', ') || 'none'
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no'
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${wrapText(item).replaceAll('\n', '\n  ')}`).join('\n')
}

/** table writes a table as Prettier would, were it asked. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const text = rows.map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')))
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...text.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...text.map(line)].join('\n')
}
