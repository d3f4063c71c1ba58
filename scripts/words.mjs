/*
 * The names that are not used any more, and what took their place (docs/glossary.md): a rule for ESLint, which refuses
 * them as identifiers, in comments and as names of files. `npm run lint` and `npm test` run it.
 */
import { basename } from 'node:path'

/** Retired name → what it is called now. */
export const RETIRED = {
  LastKnown: 'StaleIfError',
  PresumedCaller: 'CachedCaller',
  ProvesKey: 'VerifiesKey',
  Asker: 'Requester',
  KnownFile: 'HostFile, LookedUpFile',
  KnownFiles: 'StoredFileFastPath',
  knownRef: 'hostFileAt',
  Inspection: 'InspectFileJob',
  Inspections: 'InspectFile',
  InspectionOrder: 'InspectFileRequest',
  Expansion: 'ExpandFolderJob',
  Expansions: 'ExpandFolder',
  AccountCheck: 'CheckAccountJob',
  HostInquiry: 'HostClient',
  Places: 'LinkConnectionLimit, Semaphore',
  Arrival: 'UnfinishedFile',
  Arrivals: 'UnfinishedDownloads',
  ArrivingObject: 'UnfinishedObject',
  ArrivingReader: 'UnfinishedReader',
  ArrivedParts: 'ReadableParts',
  Inlet: 'Connection',
  PlainInlet: 'TcpConnection',
  TlsInlet: 'TlsConnection',
  Appetite: 'BufferSizing',
  Crew: 'PartWorkers',
  takeOver: 'steal',
  UsedSession: 'ForgettableSession',
  Attempt: 'FetchAttempt',
  AttemptParts: 'FetchAttemptParts',
  FetchFile: 'FetchWorker',
  FetchFileParts: 'FetchWorkerParts',
  refusalOf: 'toRefusal, hostRefusalOf',
  recall: 'refetchEvicted',
  respelled: 'withNewUrl',
  sang: 'recordCanary',
}

/** Names of functions that tell neither what they write nor what they read. */
const PARTICIPLES = new Set([
  ...['answered', 'asked', 'inspected', 'known', 'measured', 'noted', 'overruled', 'presumed', 'proven'],
  ...['refused', 'remembered', 'respelled', 'sang', 'seen', 'taken', 'told'],
])

const kebab = (name) => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase()
const lower = (name) => name[0].toLowerCase() + name.slice(1)
const isCompound = (name) => /^[A-Z][a-z0-9]*[A-Z]/.test(name)
/** ONLY_TYPES are names that may be something else where written small: a file that is known, to fetch a file. */
const ONLY_TYPES = new Set(['KnownFile', 'FetchFile'])

/** NAMES are the retired names, a compound one also as it is called where something holds one: `lastKnown`. */
const NAMES = new Map(
  Object.entries(RETIRED).flatMap(([name, now]) => [
    [name, now],
    ...(isCompound(name) && !ONLY_TYPES.has(name) ? [[lower(name), lower(now)]] : []),
  ]),
)
const FILES = new Map(Object.entries(RETIRED).map(([name, now]) => [kebab(name), kebab(now)]))

/** Compound names stand out in prose too; others may be plain English there. */
const IN_PROSE = new RegExp(`\\b(${Object.keys(RETIRED).filter(isCompound).join('|')})\\b`, 'g')

/** The retired names in a comment or a document, each once. */
export function retiredIn(text) {
  return [...new Set([...text.matchAll(IN_PROSE)].map(([name]) => name))]
}

const say = (name, now) => `${name} is retired: ${now} (docs/glossary.md)`

/** @type {import('eslint').Rule.RuleModule} */
export const retired = {
  meta: { type: 'problem', schema: [], docs: { description: 'names that are not used any more' } },
  create(context) {
    const report = (node, message) => context.report({ node, message })
    const isTest = /\.(spec|test|nightly|linear)\.ts$|\/(testing|conformance)\/|\/fake[^/]*$/.test(
      context.filename,
    )
    const refuseParticiple = (node) => {
      if (node?.name !== undefined && !isTest && PARTICIPLES.has(node.name)) {
        report(node, `${node.name} tells neither what it writes nor what it reads (docs/glossary.md)`)
      }
    }
    const refuseName = (node) => {
      if (NAMES.has(node.name)) report(node, say(node.name, NAMES.get(node.name)))
    }
    return {
      Program(node) {
        const [name] = basename(context.filename).split('.', 1)
        if (FILES.has(name)) report(node, say(`the file name ${name}`, FILES.get(name)))
        for (const comment of context.sourceCode.getAllComments()) {
          for (const found of retiredIn(comment.value)) report(comment, say(found, RETIRED[found]))
        }
      },
      Identifier: refuseName,
      PrivateIdentifier: refuseName,
      FunctionDeclaration: ({ id }) => refuseParticiple(id),
      MethodDefinition: ({ key }) => refuseParticiple(key),
      TSMethodSignature: ({ key }) => refuseParticiple(key),
    }
  },
}
