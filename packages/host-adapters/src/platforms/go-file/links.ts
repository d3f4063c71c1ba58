import type { FileRef } from '../../kit/adapter.js'
import { domainOf } from '../../kit/links.js'

export const DOMAIN = 'gofile.io'

const CODE = /^[A-Za-z0-9-]{6,64}$/
const FILE = /^#file=([A-Za-z0-9-]{1,64})$/
const PAGE = /^\/d\/([^/]+)(?:\/.*)?$/
const OLD_PAGE = /^#download#([^#]+)$/
/** Of the servers that files come from: what is listed under the id of a file is the file. */
const DOWNLOAD = /^\/download\/(?:web\/|direct\/)?([a-f0-9-]{36})\/./

/** A container by its code, and a file in it where the link names one. */
export interface Place {
  code: string
  file?: string
}

/**
 * Links of the site name folders, even those of a single file; a file in one is named by the fragment, as in
 * old links of the site. Codes differ by case.
 */
export function match(url: URL): FileRef | undefined {
  const named = nameIn(url) ?? ''
  if (!CODE.test(named)) return undefined
  const [, file] = FILE.exec(url.hash) ?? []
  return {
    fileId: file === undefined ? named : `${named}/${file}`,
    canonicalUrl: linkTo(named, file),
    kind: file === undefined ? 'folder' : 'file',
  }
}

function nameIn(url: URL): string | undefined {
  if (domainOf([DOMAIN], url) === undefined) {
    const isServer = domainOf([DOMAIN], url, { subdomains: true }) !== undefined
    return isServer ? DOWNLOAD.exec(url.pathname)?.[1] : undefined
  }
  if (url.pathname !== '/') return PAGE.exec(url.pathname)?.[1]
  return url.searchParams.get('c') ?? OLD_PAGE.exec(url.hash)?.[1]
}

export function placeOf({ fileId }: FileRef): Place {
  const [code = '', file] = fileId.split('/')
  return { code, ...(file !== undefined && { file }) }
}

export function linkTo(code: string, file?: string): string {
  return `https://${DOMAIN}/d/${code}${file === undefined ? '' : `#file=${file}`}`
}
