import { readFileSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where a build lays the portal. */
export const PORTAL_DIST = fileURLToPath(new URL('../../../portal/dist/', import.meta.url))

/** What the page has in place of the nonce of an answer: apps/portal/vite.config.ts. */
const NONCE = 'OBB_NONCE'
const ASSETS = 'assets'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** How an asset lies there beside its plain form, the smallest first. */
const CODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

export interface Asset {
  bytes: Buffer
  type: string
  coding: string | undefined
}

/** The built portal: a page, and assets whose names change with what is in them. Without a build there is neither. */
export class PortalFiles {
  private readonly document: string | undefined
  private readonly names: ReadonlySet<string>

  constructor(private readonly directory: string) {
    try {
      this.document = readFileSync(join(directory, 'index.html'), 'utf8')
      const names = readdirSync(join(directory, ASSETS), { recursive: true, encoding: 'utf8' })
      this.names = new Set(names.map((name) => name.replaceAll(sep, '/')))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      this.document = undefined
      this.names = new Set()
    }
  }

  /** The page, whose scripts and styles carry this nonce; undefined where nothing is built. */
  page(nonce: string): string | undefined {
    return this.document?.replaceAll(NONCE, nonce)
  }

  /** `accepted`: Accept-Encoding. undefined: there is no such asset. */
  async asset(name: string, accepted: string): Promise<Asset | undefined> {
    const type = TYPES[extname(name)]
    // By the names that are there: none leads elsewhere.
    if (type === undefined || !this.names.has(name)) return undefined
    const [coding, suffix = ''] =
      CODINGS.find(([coding, suffix]) => this.names.has(name + suffix) && accepts(accepted, coding)) ?? []
    return { bytes: await readFile(join(this.directory, ASSETS, name + suffix)), type, coding }
  }
}

/** Whether a client takes a coding; `br;q=0` does not. */
function accepts(accepted: string, coding: string): boolean {
  return accepted.split(',').some((part) => {
    const [name, weight] = part.split(';').map((text) => text.trim().toLowerCase())
    return name === coding && !/^q=0(?:\.0*)?$/.test(weight ?? '')
  })
}
