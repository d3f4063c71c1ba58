import { Injectable } from '@nestjs/common'
import { type AdmissionGate, type ExpandAnswer, Refusal } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission } from '@obb/core/admission'
import { Folders } from '@obb/core/folders'
import { HostCatalog } from '@obb/core/hosts'
import { HostCalls } from './host-calls.js'
import { readLink } from './requested-file.js'

/** How long a host may take to tell what is in a folder, ms. */
const TIMEOUT_MS = 20_000
const RETRY_S = 15

/** Whatever refuses anyway costs the host no call. */
const BEFORE_HOST_CALL: readonly AdmissionGate[] = ['account', 'block', 'fetcher', 'host_working', 'pool']

/** The links behind a link: those in a folder, or a file itself. Makes no link of ours and charges nothing. */
@Injectable()
export class ExpandFolder {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly folders: Folders,
    private readonly admission: Admission,
    private readonly calls: HostCalls,
  ) {}

  /** Raises Refusal. */
  async of(caller: Caller, url: string, givenPassword?: string | null): Promise<ExpandAnswer> {
    const requested = await readLink(this.catalog, url, givenPassword)
    if ('refusal' in requested) throw requested.refusal
    const { policy, ref, identity, facts, password } = requested
    const { platform } = policy
    if (ref.kind === 'file') {
      return { platform, links: [{ url, kind: 'file', filename: ref.nameHint ?? null, filesize: null }] }
    }
    const secrets = {
      ...(password === undefined ? {} : { password }),
      ...(ref.secret === undefined ? {} : { secret: ref.secret }),
    }
    let folder = await this.folders.ensure(identity, ref, secrets)
    let links = this.folders.links(folder)
    if (!links) {
      const applicant = { caller, policy, file: undefined, facts, size: null }
      const refusal = await this.admission.refusal(applicant, BEFORE_HOST_CALL)
      if (refusal) throw refusal
      await this.calls.request(
        { call: 'expand', folderId: folder.id },
        async () => {
          folder = (await this.folders.byId(folder.id)) ?? folder
          return this.folders.isAnswered(folder)
        },
        TIMEOUT_MS,
      )
      folder = (await this.folders.byId(folder.id)) ?? folder
      links = this.folders.links(folder)
    }
    if (!links) {
      const internal = 'the expansion left no links'
      throw new Refusal('host_unavailable', { retryInSeconds: RETRY_S, internal })
    }
    return {
      platform,
      links: links.map(({ url: link, name, size }) => ({
        url: link,
        kind: this.catalog.match(link)?.ref.kind ?? 'file',
        filename: name ?? null,
        filesize: size === undefined ? null : String(size),
      })),
    }
  }
}
