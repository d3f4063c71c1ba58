import type { FileRef } from '../../kit/adapter.js'
import { decodedSegment } from '../../kit/fields/text.js'
import { domainOf } from '../../kit/links.js'

/** The site, and the API whose download links people pass on. */
export const DOMAINS = ['transfer.it', 'bt7.api.mega.co.nz'] as const

const TRANSFER = /^[\w-]{12}$/
const NODE = /^[\w-]{8}$/
/** The # of a link comes encoded at times. */
const PAGE = /^\/t\/([\w-]{12})\/?(?:#(.*))?$/
const DOWNLOAD = /^\/cs\/g\/?$/

/** A transfer by its handle, and a file in it where the link names one. */
export interface Place {
  transfer: string
  node?: string
}

/** Links of the site name transfers, even those of a single file; a file in one is named by the fragment. */
export function match(url: URL): FileRef | undefined {
  if (domainOf(DOMAINS, url) === undefined) return undefined
  const place = DOWNLOAD.test(url.pathname) ? inQuery(url) : onSite(url)
  if (place === undefined) return undefined
  const { node, transfer } = place
  return {
    fileId: node === undefined ? transfer : `${transfer}/${node}`,
    canonicalUrl: linkTo(transfer, node),
    kind: node === undefined ? 'folder' : 'file',
  }
}

/** placeOf returns the place of a reference that `match` made. */
export function placeOf({ fileId }: Pick<FileRef, 'fileId'>): Place {
  const [transfer = '', node] = fileId.split('/')
  return { transfer, ...(node !== undefined && { node }) }
}

export function linkTo(transfer: string, node?: string): string {
  return `https://${DOMAINS[0]}/t/${transfer}${node === undefined ? '' : `#${node}`}`
}

function onSite(url: URL): Place | undefined {
  if (domainOf([DOMAINS[0]], url) === undefined) return undefined
  const [, transfer, fragment = ''] = PAGE.exec(decodedSegment(url.pathname) + decodedSegment(url.hash)) ?? []
  return transfer === undefined ? undefined : { transfer, ...(NODE.test(fragment) && { node: fragment }) }
}

function inQuery({ searchParams }: URL): Place | undefined {
  const transfer = searchParams.get('x') ?? ''
  const node = searchParams.get('n') ?? ''
  return TRANSFER.test(transfer) && NODE.test(node) ? { transfer, node } : undefined
}
