import { decryption, fileKeyOf, macVerifier } from '../../kit/mega/content.js'
import { FILE_KEY_BYTES } from '../../kit/mega/keys.js'
import { explainStorage } from '../../kit/mega/refusals.js'
import type { AccountInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { togetherWhere } from '../../kit/check.js'
import { present } from '../../kit/fields/present.js'
import { addLinks } from '../../kit/folder.js'
import { requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import type { Source } from '../../kit/source.js'
import { PLATFORM, api, ask, responses } from './api.js'
import { BATCH, check, nameOf } from './check.js'
import { linksOf, readFolder } from './folder.js'
import { DOMAINS, keyOf, match, placeOf } from './links.js'
import { CREDENTIALS, withAccount } from './login.js'
import { REFUSALS } from './refusals.js'

const manifest = hostManifest({
  id: PLATFORM,
  domains: DOMAINS,
  checkNeedsAccount: false,
  limits: { maxChunks: 4, maxDownloads: 4, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://g.api.mega.co.nz' },
  checkBatchSize: BATCH,
  requestGate: { minIntervalMs: 1000, burst: 4 },
  facts: [
    { fact: 'commands, keys, decryption and MAC', evidence: 'client' },
    { fact: 'login of both versions, second factor, proof of work', evidence: 'client' },
    { fact: 'a session lives until it is closed', evidence: 'client' },
    { fact: 'four connections per file', evidence: 'client' },
    { fact: 'four downloads at once per account', evidence: 'inferred' },
    { fact: '25 commands per call', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
})

const FREE_USER = 0

async function checkAccount(ctx: HostContext): Promise<AccountInfo> {
  const command = { a: 'uq', xfer: 1, pro: 1 }
  return withAccount(ctx, async (session) => {
    const user = await ask(ctx, 'account', command, responses.uq, { session })
    const { caxfer, csxfer = 0, mxfer, suntil, tua = 0, tuo = 0, utype } = user
    if (utype === undefined) throw api.error('UNEXPECTED', 'answer of account names no plan')
    const lapsed = suntil !== undefined && suntil <= ctx.now()
    const isTold = mxfer !== undefined && caxfer !== undefined
    const trafficLeft = isTold ? Math.max(0, mxfer - caxfer - csxfer - tuo - tua) : undefined
    return {
      premium: utype > FREE_USER && !lapsed,
      ...present({ validUntil: suntil, trafficTotal: mxfer, trafficLeft }),
    }
  })
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  requireKind(PLATFORM, [ref], 'file')
  const { handle, node } = placeOf(ref)
  const key =
    node === undefined ? fileKeyOf(keyOf(ref, FILE_KEY_BYTES)) : (await readFolder(ctx, ref)).file(node).key
  const command = { a: 'g', g: 1, ssl: 2, ...(node === undefined ? { p: handle } : { n: node }) }
  return withAccount(ctx, async (session) => {
    const scope = { session, ...(node !== undefined && { folder: handle }) }
    const { at, g, s } = await ask(ctx, 'file', command, responses.url, scope)
    const name = nameOf(key, at)
    return {
      kind: 'url',
      url: g,
      resumable: true,
      ...present({ name, size: s }),
      transform: decryption(key),
      verifier: () => macVerifier(PLATFORM, key),
    }
  })
}

export const adapter: HostAdapter = {
  manifest,
  match,
  checkAccount,
  check,
  checkTogether: togetherWhere((ref) => placeOf(ref).node === undefined, check),
  async expand(ctx, ref) {
    requireKind(PLATFORM, [ref], 'folder')
    const folder = await readFolder(ctx, ref)
    return addLinks(PLATFORM, [], linksOf(ref, folder.files(placeOf(ref).node)))
  },
  resolve,
  explainDownload: explainStorage(PLATFORM, REFUSALS),
}
