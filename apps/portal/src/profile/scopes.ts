import type { KeyScope } from '../api/portal-types.js'
import { m } from '../shared/text.js'

export const SCOPES: Record<KeyScope, () => string> = {
  read: m.scope_read,
  submit: m.scope_submit,
  download: m.scope_download,
}
export const ALL_SCOPES = Object.keys(SCOPES) as KeyScope[]
