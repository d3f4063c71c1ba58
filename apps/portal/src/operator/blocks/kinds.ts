import type { BlockCreate } from '@obb/contracts'
import { m } from '../../shared/text.js'

export type Kind = BlockCreate['kind']

export const KIND_NAMES: Record<Kind, () => string> = {
  url: m.admin_block_url,
  file: m.admin_block_file,
  name: m.admin_block_name,
  sha256: m.admin_block_sha256,
}

/** What the value of each is. */
export const KIND_HINTS: Record<Kind, () => string> = {
  url: m.admin_block_url_hint,
  file: m.admin_block_file_hint,
  name: m.admin_block_name_hint,
  sha256: m.admin_block_sha256_hint,
}
