import { XMLBuilder, XMLParser } from 'fast-xml-parser'
import { S3Error } from './errors.js'

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true })
const parser = new XMLParser({ parseTagValue: false, htmlEntities: true, isArray: (name) => name === 'Part' })

/** `fields` as a document of S3's name space; an array repeats its element. */
export function document(root: string, fields: Record<string, unknown>): string {
  const content = { [root]: { '@xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/', ...fields } }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(content)}`
}

/** Error documents have no name space. */
export function errorDocument(fields: Record<string, string>): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ Error: fields })}`
}

export interface WantedPart {
  number: number
  /** Without quotes. */
  etag: string
}

/** The parts a CompleteMultipartUpload names, in its order. */
export function parseCompletion(text: string): WantedPart[] {
  type Completion = { CompleteMultipartUpload?: { Part?: { PartNumber?: string; ETag?: string }[] } }
  let parts
  try {
    parts = (parser.parse(text, true) as Completion).CompleteMultipartUpload?.Part
  } catch {
    parts = undefined
  }
  if (parts === undefined || parts.length === 0 || parts.length > 10_000) throw malformed()
  return parts.map(({ PartNumber, ETag }) => {
    if (PartNumber === undefined || ETag === undefined || !/^\d{1,5}$/.test(PartNumber)) throw malformed()
    return { number: Number(PartNumber), etag: ETag.replace(/^"(.*)"$/, '$1') }
  })
}

function malformed(): S3Error {
  return new S3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate')
}
