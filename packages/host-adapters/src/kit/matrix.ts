import type { HostAdapter } from './adapter.js'
import { checksWithAccount } from './manifest.js'
import type { HostManifest, Standing } from './manifest.js'

/*
 * What the platforms are, as text for people, from the adapters themselves: the matrix of docs/hosts.md and the list
 * of the README. `npm run hosts` writes both; a test fails while they differ from the code.
 */

const STANDINGS: Record<Standing, string> = {
  official: 'documented by the host',
  client: 'seen in clients',
  inferred: 'inferred',
}

/** docs/hosts.md. */
export function hostsDocument(adapters: readonly HostAdapter[]): string {
  const rows = adapters.map((adapter) => {
    const { manifest } = adapter
    const { limits } = manifest
    return [
      manifest.id,
      manifest.domains.map((name) => `\`${name}\``).join(' '),
      manifest.needsAccount ? manifest.credentials.map(({ name }) => name).join(', ') : 'none',
      yes(manifest.enabledByDefault),
      yes(limits.resumable),
      limits.maxChunks,
      limits.maxDownloads,
      manifest.checkBatchSize,
      yes(!checksWithAccount(manifest)),
      yes(adapter.checkAccount !== undefined),
      yes(adapter.expand !== undefined),
      passwords(manifest),
      yes(manifest.chargesOnResolve === true),
      manifest.reviewed,
    ]
  })
  const facts = adapters.flatMap(({ manifest }) => [
    `## ${manifest.id}`,
    ...(manifest.facts.length === 0
      ? ['Nothing beyond its manifest.']
      : [
          table(
            ['fact', 'standing'],
            manifest.facts.map(({ fact, standing }) => [fact, STANDINGS[standing]]),
          ),
        ]),
  ])
  return [
    '<!-- Written by `npm run hosts` from the adapters. -->',
    '# Hosts',
    'What each platform can do here, the limits per account of yours, and what the facts about it rest on.',
    table(
      [
        ...['platform', 'hostnames', 'account', 'on by default', 'resumable', 'connections per file'],
        ...[
          'files at once',
          'files per check',
          'checked without account',
          'state of accounts',
          'folders',
          'passwords',
          'charged when opened',
          'reviewed',
        ],
      ],
      rows,
    ),
    ...facts,
    '',
  ].join('\n\n')
}

const LINE = 116

/** The names of all platforms, in lines of prose; those that are off until an operator wants them apart. */
function hostsList(adapters: readonly HostAdapter[]): string {
  const named = (on: boolean) =>
    adapters.filter(({ manifest }) => manifest.enabledByDefault === on).map(({ manifest }) => manifest.id)
  return wrapped(`${named(true).join(', ')}. Off until you enable them: ${named(false).join(', ')}.`)
}

function wrapped(text: string): string {
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

/** Of what a password that the user sends opens. */
function passwords({ filePasswords = false, folderPasswords = false }: HostManifest): string {
  return [filePasswords && 'files', folderPasswords && 'folders'].filter(Boolean).join(', ') || 'no'
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no'
}

/** As Prettier would write it, were it asked. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const text = rows.map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')))
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...text.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...text.map(line)].join('\n')
}
