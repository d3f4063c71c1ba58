import type { RequestGate } from '@obb/host-http'
import { z } from 'zod'

export type { RequestGate }

export interface HostLimits {
  /** Most parallel connections per file towards the host. */
  maxChunks: number
  /** Most files at once per operator account. */
  maxDownloads: number
  resumable: boolean
}

/** CredentialField is what an operator enters for an account. Values are text; see `credentialsOf` for typed access. */
export interface CredentialField {
  /** An identifier: `email`, `apiKey`, `host`, `port` … */
  name: string
  label: string
  secret: boolean
  required: boolean
  /** `cookies`: a browser's, in any form that `cookiesIn` reads; only those of the platform are kept. */
  kind?: 'cookies'
}

/** HostSwitch is what an operator may turn on for a platform; off by default. */
export interface HostSwitch {
  /** An identifier: `webPages` … */
  name: string
  label: string
}

/** A kind of document that users upload instead of a link to it. */
export interface UploadedDocument {
  mediaType: string
  /** Stands near the beginning of every such document, in lower case. */
  mark: string
  /** Beginnings of packed ones, Latin-1: those are kept as they are, for the platform's reader to unpack. */
  packings: readonly string[]
  /** With the SHA-256 of the document's text (lower-case hex) behind it, this is a link to what it lists: a folder. */
  link: `${string}://${string}/`
}

/** How well a fact is known: by the host's own documentation, from what clients do, or by inference. */
export type Evidence = 'official' | 'client' | 'inferred'

/** A fact that the adapter rests on, for the generated matrix of hosts. */
export interface HostFact {
  /** A few words, such as `links are bound to the address`. */
  fact: string
  evidence: Evidence
}

/** The data of a platform. Domains and origins can be extended by an operator without a release. */
export interface HostManifest {
  /** Stable platform id, such as `RapidGator`. */
  id: string
  /** Hostnames, canonical first, without `www.`. A platform on foreign hostnames lists one pseudo name. */
  domains: readonly [string, ...string[]]
  /** Consulted last and for every hostname that no other platform owns. */
  catchAll?: boolean
  /** Its links may be on any hostname that no other platform owns (a kind of document): asked before the catch-all. */
  anyDomain?: boolean
  /** Its links may be in uploaded documents; `ctx.document` has their text. */
  document?: UploadedDocument
  /** A file answers only on the domain its link was made for, so the canonical URL keeps it. */
  keepsDomain?: boolean
  /** False: off until an operator enables it. */
  enabledByDefault: boolean
  /** False: works without an operator account. */
  needsAccount: boolean
  /** Whether `check` needs an account; as `needsAccount` when absent. */
  checkNeedsAccount?: boolean
  /** `resolve` itself is charged to the account, not only the download: called once the worker can begin. */
  chargesOnResolve?: boolean
  /** `ctx.password` opens protected files. */
  filePasswords?: boolean
  /** `ctx.password` opens protected folders. */
  folderPasswords?: boolean
  /** A folder of one file may be asked for as that file; one of several is refused with FOLDER. */
  foldersOfOne?: boolean
  /** An account that is seen from several addresses is in danger. */
  egressSticky?: boolean
  limits: HostLimits
  credentials: readonly CredentialField[]
  switches?: readonly HostSwitch[]
  /** The switch that lists it among the hosts; without one it is listed as soon as it is enabled. */
  listedBy?: string
  /** Named base URLs; `api` is the platform's API. */
  origins: Readonly<Record<string, string>>
  /** Most files per `check` call. */
  checkBatchSize: number
  /** How often an account may be asked for its state at most, ms. */
  accountCheckIntervalMs: number
  /** Pace of API calls of one account; of a catch-all, of each server. */
  requestGate: RequestGate
  /** Pace of API calls of all accounts together, where the host counts by address. */
  hostGate?: RequestGate
  facts: readonly HostFact[]
  /** ISO date on which the facts were last reviewed. */
  reviewed: string
}

/** USUAL is what most platforms have in common. */
const USUAL = {
  enabledByDefault: true,
  needsAccount: true,
  accountCheckIntervalMs: 10 * 60_000,
} satisfies Partial<HostManifest>

type Usual = keyof typeof USUAL

/** The manifest of a platform, which states what it has of its own and where it differs from the usual. */
export function hostManifest(
  own: Omit<HostManifest, Usual> & Partial<Pick<HostManifest, Usual>>,
): HostManifest {
  return { ...USUAL, ...own }
}

const hostname = z
  .string()
  .regex(/^(?!www\.)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a lower-case hostname without www.')
const gate = z.strictObject({ minIntervalMs: z.int().min(0), burst: z.int().min(1) })

const schema = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/),
    domains: z.tuple([hostname], hostname),
    catchAll: z.boolean().optional(),
    anyDomain: z.boolean().optional(),
    document: z
      .strictObject({
        mediaType: z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/),
        mark: z.string().min(1).toLowerCase(),
        packings: z.array(z.string().min(2)),
        link: z
          .templateLiteral([z.string(), '://', z.string(), '/'])
          .refine((link) => /^(?!https?:)[a-z]+:\/\/[a-z]+\/$/.test(link), 'must be of a scheme of its own'),
      })
      .optional(),
    keepsDomain: z.boolean().optional(),
    enabledByDefault: z.boolean(),
    needsAccount: z.boolean(),
    checkNeedsAccount: z.boolean().optional(),
    chargesOnResolve: z.boolean().optional(),
    filePasswords: z.boolean().optional(),
    folderPasswords: z.boolean().optional(),
    foldersOfOne: z.boolean().optional(),
    egressSticky: z.boolean().optional(),
    limits: z.strictObject({
      maxChunks: z.int().min(1).max(64),
      maxDownloads: z.int().min(1).max(1000),
      resumable: z.boolean(),
    }),
    credentials: z.array(
      z.strictObject({
        name: z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/, 'must be an identifier'),
        label: z.string().min(1),
        secret: z.boolean(),
        required: z.boolean(),
        kind: z.literal('cookies').optional(),
      }),
    ),
    switches: z
      .array(z.strictObject({ name: z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/), label: z.string().min(1) }))
      .optional(),
    listedBy: z.string().optional(),
    origins: z.record(z.string(), z.url({ protocol: /^https?$/ })),
    checkBatchSize: z.int().min(1).max(1000),
    accountCheckIntervalMs: z.int().min(0),
    requestGate: gate,
    hostGate: gate.optional(),
    facts: z.array(
      z.strictObject({ fact: z.string().min(1), evidence: z.enum(['official', 'client', 'inferred']) }),
    ),
    reviewed: z.iso.date(),
  })
  .refine((manifest) => ownsNoDomain(manifest) || manifest.domains.every((domain) => domain.includes('.')), {
    message: 'only a platform on foreign hostnames may list a pseudo name',
    path: ['domains'],
  })
  .refine((manifest) => !manifest.catchAll || !manifest.anyDomain, {
    message: 'excludes catchAll',
    path: ['anyDomain'],
  })
  .refine(
    (manifest) =>
      !(manifest.needsAccount || manifest.checkNeedsAccount) ||
      manifest.credentials.some((field) => field.required),
    { message: 'a platform that needs an account must name a required credential', path: ['credentials'] },
  )
  .refine(
    ({ listedBy, switches = [] }) => listedBy === undefined || switches.some(({ name }) => name === listedBy),
    {
      message: 'names no switch of the platform',
      path: ['listedBy'],
    },
  )
  .refine(({ credentials }) => new Set(credentials.map(({ name }) => name)).size === credentials.length, {
    message: 'a name is taken twice',
    path: ['credentials'],
  })

/** Whether its links are on hostnames that are not its own. */
export function ownsNoDomain(manifest: {
  catchAll?: boolean | undefined
  anyDomain?: boolean | undefined
}): boolean {
  return (manifest.catchAll ?? false) || (manifest.anyDomain ?? false)
}

/** Whether a check is made with an account of the pool. */
export function checksWithAccount(
  manifest: Pick<HostManifest, 'needsAccount' | 'checkNeedsAccount'>,
): boolean {
  return manifest.checkNeedsAccount ?? manifest.needsAccount
}

/** The faults of a manifest, one line each; none when it is sound. */
export function manifestFaults(manifest: HostManifest): string[] {
  const result = schema.safeParse(manifest)
  if (result.success) return []
  return result.error.issues.map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`)
}
