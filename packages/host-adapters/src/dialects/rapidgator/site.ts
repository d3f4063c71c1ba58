import type { FileRef } from '../../kit/adapter.js'
import type { HostManifest } from '../../kit/manifest.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'

/** A host that speaks the dialect of RapidGator: everything in which they differ. */
export interface Site extends Pick<HostManifest, 'id' | 'domains' | 'limits' | 'facts' | 'reviewed'> {
  /** Base URL of the API. */
  api: string
  /** Expression for the ids of each kind that there are links of. */
  ids: Partial<Record<FileRef['kind'], string>>
  /** Ids in either case are the same. */
  lowerCase: boolean
  refusals: readonly RefusalRule[]
  /** Most links that `file/check_link` takes; 1 where there is no such method. */
  checkBatchSize: number
  /** Logins may want the code of a second factor, as `code`. */
  secondFactor?: boolean
  /** Tokens and direct links are bound to the address. */
  egressSticky?: boolean
  /** The host goes on serving this long after the stated end of a premium time, ms. None when absent. */
  graceMs?: number
  /** Files up to this size come over one connection, bytes. None when absent. */
  singleConnectionBytes?: number
}
