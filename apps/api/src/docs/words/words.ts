import type { Language, RemoteStatus } from '@obb/contracts'

/** A client, or a way to use the API with it. `code` lines have `{api}` and `{link}` in them. */
export interface ClientNotes {
  id: string
  name: string
  notes: readonly string[]
  code?: string
}

export interface FlowStep {
  title: string
  text: string
}

export interface Change {
  /** YYYY-MM-DD. */
  date: string
  text: string
}

/** All texts of the pages themselves, in one language. In prose, `code` is marked so. */
export interface Words {
  language: Language
  /** Name of the language in itself. */
  name: string
  title: string
  adminTitle: string
  lead: string
  adminLead: string
  toContent: string
  contents: string
  toTop: string
  /** What is not translated, where something is not. */
  untranslated?: string
  start: {
    title: string
    address: string
    downloads: string
    openapi: string
    tryIt: string
    keyTitle: string
    key: readonly string[]
    envelopeTitle: string
    envelope: readonly string[]
  }
  flow: {
    title: string
    lead: string
    /** Submit, poll, download, resume, end: as many as `guide.ts` has commands for. */
    steps: readonly [FlowStep, FlowStep, FlowStep, FlowStep, FlowStep]
  }
  download: { title: string; notes: readonly string[] }
  states: {
    title: string
    lead: string
    meanings: Readonly<Record<RemoteStatus | 'ended', { meaning: string; action: string }>>
  }
  calls: {
    /** In the order of the page. */
    groups: Readonly<Record<CallGroup, string>>
    parameters: string
    body: string
    binary: string
    answer: string
    same: (what: string) => string
    sameAnd: (what: string) => string
    exampleRequest: string
    exampleAnswer: string
    failures: string
    everyCall: string
    required: string
    optional: string
    nullable: string
    defaultValue: string
    anyName: string
  }
  types: {
    integer: string
    number: string
    string: string
    boolean: string
    object: string
    array: string
    any: string
    binary: string
    characters: (range: string) => string
    entries: (range: string) => string
    formats: Readonly<Record<string, string>>
  }
  failures: {
    title: string
    lead: readonly string[]
    http: string
    action: string
  }
  clients: { title: string; lead: string; list: readonly ClientNotes[] }
  changes: { title: string; list: readonly Change[] }
  /** Of operations, by id; the document's own where there is none. */
  summaries: Readonly<Record<string, string>>
}

export type CallGroup = 'links' | 'inquiries' | 'account' | 'device'
